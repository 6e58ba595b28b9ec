# B6: 2048 pixels and 30 MB hold for each picture, the decoded bytes count, and nothing is sent before.
start_ppinfra
"$PYTHON" - <<'END'
import struct, zlib
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
def png(name, width, height, more=0):
    with open(name, "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0)))
        f.write(chunk(b"IDAT", zlib.compress(bytes((width + 1) * height))))
        for _ in range(more // 1000000):
            f.write(chunk(b"abCd", bytes(1000000 - 12)))
        f.write(chunk(b"abCd", bytes(more % 1000000)) if more % 1000000 else b"")
        f.write(chunk(b"IEND", b""))
png("wide.png", 2049, 16)
png("tall.png", 16, 2049)
png("fits.png", 2048, 16)
png("long.png", 16, 16, 30000000)
END
unit=model=control_canny_200007.safetensors,strength=1
for image in wide tall long; do
    run sdctl img2img -i $image.png "${SMALL[@]:2}" -o no.png
done
run sdctl img2img "${SMALL[@]}" --controlnet "image=tall.png,$unit" -o no.png
run sdctl img2img "${SMALL[@]}" --ip-adapter image=long.png,model=ip-adapter_sd15.bin,strength=1 -o no.png
say 'all of them, and what else is wrong'
run sdctl img2img -i wide.png "${SMALL[@]:2}" --controlnet "image=tall.png,$unit" --ip-adapter image=long.png,model=ip-adapter_sd15.bin,strength=2 -o no.png
posts
say 'the limit itself'
try sdctl img2img -i fits.png "${SMALL[@]:2}" -o out.png
pick .status
