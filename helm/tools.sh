# Sourced by the checks of the chart: where their tools lie, and how those are fetched from Go's module proxy, once.
# shellcheck shell=bash

chart=$root/sharegpt4v
tools=${SHAREGPT4V_TOOLS:-$root/../target/helm-tools}
mkdir -p "$tools"
tools=$(cd "$tools" && pwd)
export GOBIN=$tools
export PATH=$tools:$PATH

helm_version=v3.22.0
kubernetes_version=v1.34.2
# Definitions of what is no part of Kubernetes itself: module@version:folder.
definitions=(
    github.com/prometheus-operator/prometheus-operator@v0.85.0:example/prometheus-operator-crd
    github.com/kedacore/keda/v2@v2.21.0:config/crd/bases
    sigs.k8s.io/gateway-api@v1.4.0:config/crd/standard
    sigs.k8s.io/gateway-api-inference-extension@v1.2.0:config/crd/bases
)

module() { # module@version: the folder it lies in
    go mod download -json "$1" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p'
}

definition_files() {
    local entry
    for entry in "${definitions[@]}"; do
        printf '%s\n' "$(module "${entry%:*}")/${entry##*:}"/*.yaml
    done
}

failed=0
complain() {
    echo "FAILED: $*" >&2
    failed=1
}

[ -x "$tools/helm" ] || go install "helm.sh/helm/v3/cmd/helm@$helm_version"
