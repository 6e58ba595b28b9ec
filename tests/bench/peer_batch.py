"""The usual clients for many pictures:  peer_batch.py aiohttp|requests N URL FOLDER <LIST

N at a time on connections that are kept. A line of LIST is a picture; the answer's first becomes a
file of FOLDER.
"""
import base64
import concurrent.futures
import os
import sys
import threading


def body_of(path):
    with open(path, "rb") as f:
        return {"prompt": "a cat", "init_images": [base64.b64encode(f.read()).decode()]}


def write(folder, path, answer):
    with open(f"{folder}/{os.path.basename(path)}", "wb") as f:
        f.write(base64.b64decode(answer["images"][0]))


def with_requests(count, url, folder, paths):
    import requests
    kept = threading.local()

    def do(path):
        if not hasattr(kept, "session"):
            kept.session = requests.Session()
        answer = kept.session.post(url, json=body_of(path))
        answer.raise_for_status()
        write(folder, path, answer.json())

    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        list(pool.map(do, paths))


def with_aiohttp(count, url, folder, paths):
    import asyncio
    import aiohttp

    async def work(session, left):
        for path in left:
            async with session.post(url, json=body_of(path)) as answer:
                answer.raise_for_status()
                write(folder, path, await answer.json())

    async def all_of_them():
        left = iter(paths)
        async with aiohttp.ClientSession() as session:
            await asyncio.gather(*[work(session, left) for _ in range(count)])

    asyncio.run(all_of_them())


if __name__ == "__main__":
    client, number, to, out = sys.argv[1:]
    listed = [line.rstrip("\n") for line in sys.stdin]
    (with_aiohttp if client == "aiohttp" else with_requests)(int(number), to, out, listed)
