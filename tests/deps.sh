#!/bin/sh
# Installs what is missing, by package name, on Debian and Ubuntu; elsewhere names the packages.
#
# usage: tests/deps.sh build|check|bench
#   build   to build sdctl and its sandbox, and for make demo
#   check   the tools that the tests use besides
#   bench   the programs that the benchmarks compare with
set -eu

# Debian's packages that a group can do without: what needs them is skipped.
optional=
# Those of them that come with services, which must neither start nor stay enabled.
services=

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
    services='memcached swift-proxy swift-account swift-container swift-object'
    optional="$services python3-boto3"
    fedora='python3 python3-pillow python3-numpy python3-opencv ImageMagick openssl curl jq mandoc
        zsh fish bash-completion clang-tools-extra'
    arch='python python-pillow python-numpy python-opencv imagemagick openssl curl jq mandoc zsh fish
        bash-completion clang'
    alpine='python3 py3-pillow py3-numpy py3-opencv imagemagick openssl curl jq mandoc zsh fish
        bash-completion clang-extra-tools'
    brew='python pillow numpy opencv imagemagick openssl curl jq mandoc zsh fish clang-format'
    ;;
bench)
    debian='python3 python3-requests python3-aiohttp python3-pil curl jq nodejs libpng-dev libvips-tools
        graphicsmagick imagemagick netpbm'
    fedora='python3 python3-requests python3-aiohttp python3-pillow curl jq nodejs libpng-devel vips-tools
        GraphicsMagick ImageMagick netpbm-progs'
    arch='python python-requests python-aiohttp python-pillow curl jq nodejs libpng libvips graphicsmagick
        imagemagick netpbm'
    alpine='python3 py3-requests py3-aiohttp py3-pillow curl jq nodejs libpng-dev vips-tools graphicsmagick
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

# absent PACKAGE...: those that are not installed
absent() {
    for package; do
        state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || :)
        [ "$state" = 'install ok installed' ] && continue
        # node and npm are often there from elsewhere
        [ "$package" = nodejs ] && command -v node >/dev/null 2>&1 && continue
        printf ' %s' "$package"
    done
}

missing=$(absent $debian)
wanted=$(absent $optional)
[ -n "$missing$wanted" ] || exit 0

sudo=
if [ "$(id -u)" != 0 ]; then
    sudo=sudo
    if ! command -v sudo >/dev/null 2>&1; then
        echo "deps: not root and no sudo: install these by hand:$missing$wanted" >&2
        [ -n "$missing" ] && exit 1
        exit 0
    fi
fi
export DEBIAN_FRONTEND=noninteractive
echo "deps: installing$missing$wanted"
$sudo apt-get update -qq || [ -z "$missing" ]
[ -z "$missing" ] || $sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
[ -n "$wanted" ] || exit 0

policy=/usr/sbin/policy-rc.d # its status 101: no service may start
quiet=
for package in $wanted; do
    case " $services " in *" $package "*) quiet="$quiet $package" ;; esac
done
if [ -n "$quiet" ] && [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | $sudo tee $policy >/dev/null
    $sudo chmod 755 $policy
    trap '$sudo rm -f $policy' EXIT
fi
if ! $sudo apt-get install -y -qq --no-install-recommends $wanted >/dev/null 2>&1; then
    echo "deps: cannot install$wanted: what needs them is skipped"
    exit 0
fi
for package in $quiet; do
    units=$(dpkg-query -L "$package" | sed -n 's|.*/systemd/system/\([^/]*\.service\)$|\1|p')
    [ -z "$units" ] || $sudo systemctl disable -q $units >/dev/null 2>&1 || :
done
