#!/bin/sh
# Installs what is missing, by package name, on Debian and Ubuntu; elsewhere names the packages.
#
# usage: tests/deps.sh build|check|bench
#   build   to build sdctl and its sandbox, and for make demo
#   check   the tools that the tests use besides
#   bench   the programs that the benchmarks compare with
set -eu

case ${1-} in
build)
    debian='gcc make libc6-dev libcurl4-openssl-dev libjansson-dev libpng-dev libsodium-dev
        zlib1g-dev libjpeg-dev libwebp-dev libmicrohttpd-dev libsqlite3-dev'
    fedora='gcc make libcurl-devel jansson-devel libpng-devel libsodium-devel zlib-devel
        libjpeg-turbo-devel libwebp-devel libmicrohttpd-devel sqlite-devel'
    arch='gcc make curl jansson libpng libsodium zlib libjpeg-turbo libwebp libmicrohttpd sqlite'
    alpine='gcc make musl-dev curl-dev jansson-dev libpng-dev libsodium-dev zlib-dev
        libjpeg-turbo-dev libwebp-dev libmicrohttpd-dev sqlite-dev linux-headers'
    brew='curl jansson libpng libsodium zlib jpeg-turbo webp libmicrohttpd sqlite'
    ;;
check)
    debian='python3 python3-pil python3-numpy python3-opencv imagemagick openssl curl jq mandoc zsh
        fish bash-completion clang-format'
    fedora='python3 python3-pillow python3-numpy python3-opencv ImageMagick openssl curl jq mandoc
        zsh fish bash-completion clang-tools-extra'
    arch='python python-pillow python-numpy python-opencv imagemagick openssl curl jq mandoc zsh fish
        bash-completion clang'
    alpine='python3 py3-pillow py3-numpy py3-opencv imagemagick openssl curl jq mandoc zsh fish
        bash-completion clang-extra-tools'
    brew='python pillow numpy opencv imagemagick openssl curl jq mandoc zsh fish clang-format'
    ;;
bench)
    debian='python3 python3-requests python3-pil curl jq nodejs libpng-dev libvips-tools
        graphicsmagick imagemagick netpbm'
    fedora='python3 python3-requests python3-pillow curl jq nodejs libpng-devel vips-tools
        GraphicsMagick ImageMagick netpbm-progs'
    arch='python python-requests python-pillow curl jq nodejs libpng libvips graphicsmagick
        imagemagick netpbm'
    alpine='python3 py3-requests py3-pillow curl jq nodejs libpng-dev vips-tools graphicsmagick
        imagemagick netpbm'
    brew='python pillow curl jq node libpng vips graphicsmagick imagemagick netpbm'
    ;;
*)
    echo "usage: tests/deps.sh build|check|bench" >&2
    exit 2
    ;;
esac

if ! command -v apt-get >/dev/null 2>&1; then
    echo "deps: this is no Debian or Ubuntu; if something is missing, install:"
    echo "  Fedora:   dnf install" $fedora
    echo "  Arch:     pacman -S" $arch
    echo "  Alpine:   apk add" $alpine
    echo "  Homebrew: brew install" $brew
    exit 0
fi

missing=
for package in $debian; do
    state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || :)
    [ "$state" = 'install ok installed' ] && continue
    # node and npm are often there from elsewhere
    [ "$package" = nodejs ] && command -v node >/dev/null 2>&1 && continue
    missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "deps: installing$missing"
sudo=
if [ "$(id -u)" != 0 ]; then
    sudo=sudo
    if ! command -v sudo >/dev/null 2>&1; then
        echo "deps: not root and no sudo: install these by hand:$missing" >&2
        exit 1
    fi
fi
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
$sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
