#!/usr/bin/env bash
# Installs what the build needs (tools/packages.txt, web/package-lock.json), and only what is missing: where all is
# there it takes milliseconds, and neither network nor root.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { echo "tools/install.sh: $*" >&2; }

missing_packages() {
    local wanted name installed
    wanted=$(sed 's/#.*//' tools/packages.txt)
    # shellcheck disable=SC2086
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^installed //p' || true)
    for name in $wanted; do
        case $name in
            # Some machines have them from elsewhere, in one package that conflicts with Debian's npm.
            nodejs) command -v node >/dev/null && continue ;;
            npm) command -v npm >/dev/null && continue ;;
        esac
        case $'\n'$installed$'\n' in
            *$'\n'$name$'\n'*) ;;
            *) echo "$name" ;;
        esac
    done
}

install_packages() {
    local packages=("$@") name root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            say "missing: ${packages[*]}; install them as root: apt-get install --no-install-recommends ${packages[*]}"
            return 1
        fi
        root=(sudo)
    fi
    local apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq)
    local install=("${apt[@]}" -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 install --no-install-recommends -y)
    echo "installing ${packages[*]}"
    if ! "${apt[@]}" update >/dev/null; then
        say "apt-get update failed, needed for ${packages[*]}: is the package server reachable?"
        return 1
    fi
    "${install[@]}" "${packages[@]}" >/dev/null 2>&1 </dev/null && return 0
    # Together they failed: one by one tells which.
    for name in "${packages[@]}"; do
        local output
        if ! output=$("${install[@]}" "$name" 2>&1 </dev/null); then
            say "cannot install the package $name: $(grep -m1 '^E: ' <<<"$output" || tail -n1 <<<"$output")"
            return 1
        fi
    done
}

# npm's packages are those of the lock file that lies beside them as they were installed.
install_npm() {
    local lock=web/package-lock.json stamp=web/node_modules/.installed-lock.json
    cmp -s "$lock" "$stamp" && return 0
    echo "installing web/node_modules"
    local output
    if output=$(cd web && npm ci --include=dev --no-progress --loglevel=error 2>&1 </dev/null); then
        cp "$lock" "$stamp"
    else
        # The program can be built without: its documentation page then says what is missing.
        say "npm ci failed in web/, going on without: $(grep -m1 -E 'code|error' <<<"$output" || tail -n1 <<<"$output")"
    fi
}

if command -v dpkg-query >/dev/null; then
    mapfile -t missing < <(missing_packages)
    if [ "${#missing[@]}" -gt 0 ]; then install_packages "${missing[@]}"; fi
else
    say "this is no Debian; what is needed is listed in tools/packages.txt"
fi
install_npm
