# Sourced by run and test: makes sure that Debian's Python is there, and hands over to it.
set -euo pipefail
setup=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
python=/usr/bin/python3

suitable() {
    [ -x $python ] && $python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

give_up() {
    printf '%s\n  Remedy: %s\n' "$1" "$2" >&2
    exit 1
}

install_python() {
    command -v apt-get >/dev/null ||
        give_up "This is not Debian 12, which the installer is made for." \
            "Use the container, which runs everywhere: see docker/ in this repository."
    sudo=
    if [ "$(id -u)" != 0 ]; then
        sudo=$(command -v sudo) ||
            give_up "Python is missing, and you are neither root nor is sudo installed." \
                "As root: apt-get install python3-venv"
    fi
    echo "· Installing Python …"
    { $sudo apt-get -q update && $sudo env DEBIAN_FRONTEND=noninteractive \
        apt-get -q install -y --no-install-recommends python3-venv; } >/dev/null ||
        give_up "apt-get could not install Python." "Check the network and the disk, then start again."
}

launch() {
    suitable || install_python
    suitable || give_up "Python $($python -V | cut -d' ' -f2) is too old: 3.11 is needed." \
        "Use Debian 12, or the container: see docker/ in this repository."
    PYTHONPATH=$setup PYTHONDONTWRITEBYTECODE=1 exec $python -m workbench "$@"
}
