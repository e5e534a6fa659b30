{{- define "sharegpt4v.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "sharegpt4v.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "sharegpt4v.name" . -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "sharegpt4v.selectorLabels" -}}
app.kubernetes.io/name: {{ include "sharegpt4v.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Pods that answer requests; Jobs have another component. */}}
{{- define "sharegpt4v.serverLabels" -}}
{{ include "sharegpt4v.selectorLabels" . }}
app.kubernetes.io/component: server
{{- end -}}

{{- define "sharegpt4v.labels" -}}
{{ include "sharegpt4v.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "sharegpt4v.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "sharegpt4v.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "sharegpt4v.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- $suffix := eq .Values.device "cuda" | ternary "-cuda" "" -}}
{{- printf "%s:%s" .Values.image.repository (default (printf "%s%s" .Chart.AppVersion $suffix) .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{- define "sharegpt4v.claimName" -}}
{{- default (printf "%s-model" (include "sharegpt4v.fullname" .)) .Values.model.claim.existingClaim -}}
{{- end -}}

{{/* What the API cannot check and a schema does not say. */}}
{{- define "sharegpt4v.validate" -}}
{{- if and .Values.model.several (or (eq .Values.model.source "demo") .Values.model.servedName .Values.conversion.enabled .Values.captionJob.enabled) -}}
{{- fail "model.several needs a source of packages, and goes with neither model.servedName nor a Job" -}}
{{- end -}}
{{- if and (eq .Values.model.source "objectStore") (not .Values.model.objectStore.url) -}}
{{- fail "model.source is objectStore: set model.objectStore.url" -}}
{{- end -}}
{{- if and (eq .Values.model.source "image") (not .Values.model.image.reference) -}}
{{- fail "model.source is image: set model.image.reference" -}}
{{- end -}}
{{- if and .Values.conversion.enabled (ne .Values.model.source "claim") -}}
{{- fail "conversion.enabled needs model.source: claim, whose volume holds checkpoint and package" -}}
{{- end -}}
{{- if and .Values.autoscaling.enabled .Values.keda.enabled -}}
{{- fail "autoscaling.enabled and keda.enabled exclude each other" -}}
{{- end -}}
{{- if and .Values.inferencePool.enabled (not .Values.inferencePool.endpointPicker) -}}
{{- fail "inferencePool.enabled needs inferencePool.endpointPicker, the Service of the endpoint picker" -}}
{{- end -}}
{{- if and .Values.captionJob.enabled (or (not .Values.captionJob.inputClaim) (not .Values.captionJob.outputClaim)) -}}
{{- fail "captionJob.enabled needs captionJob.inputClaim and captionJob.outputClaim" -}}
{{- end -}}
{{- end -}}

{{/* Options of serve as a properties file. */}}
{{- define "sharegpt4v.properties" -}}
host=0.0.0.0
port=8080
device={{ .Values.device }}
drain-seconds={{ .Values.drainSeconds }}
model={{ include "sharegpt4v.models" . }}
{{- with .Values.model.servedName }}
served-name={{ . }}
{{- end }}
{{- if .Values.auth.existingSecret }}
api-key-file=/etc/sharegpt4v/keys/keys
open-metrics={{ .Values.auth.openMetrics }}
{{- end }}
{{- if .Values.tls.existingSecret }}
tls-certificate=/etc/sharegpt4v/tls/tls.crt
tls-key=/etc/sharegpt4v/tls/tls.key
{{- end }}
{{- if .Values.data.enabled }}
data-dir=/data
{{- end }}
{{- if .Values.metrics.vllmNames }}
vllm-metrics=true
{{- end }}
{{- if .Values.tracing.enabled }}
tracing=true
{{- with .Values.tracing.endpoint }}
otlp-traces-endpoint={{ . }}
{{- end }}
{{- end }}
{{- if ne .Values.logFormat "text" }}
log-format={{ .Values.logFormat }}
{{- end }}
{{- range $name, $value := .Values.options }}
{{- if kindIs "slice" $value }}
{{ $name }}={{ join "," $value }}
{{- else if kindIs "string" $value }}
{{ $name }}={{ $value }}
{{- else }}
{{ $name }}={{ toJson $value }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The value of --model: a folder, or several as NAME=FOLDER. */}}
{{- define "sharegpt4v.models" -}}
{{- $several := list -}}
{{- range $name, $path := .Values.model.several -}}
{{- $several = append $several (printf "%s=/model/%s" $name (trimPrefix "/" $path)) -}}
{{- end -}}
{{- if $several }}{{ join "," $several }}{{ else }}{{ include "sharegpt4v.modelFolder" . }}{{ end -}}
{{- end -}}

{{/* The demo's package is in the image. */}}
{{- define "sharegpt4v.modelFolder" -}}
{{- if eq .Values.model.source "claim" -}}
/model/{{ .Values.model.claim.path }}
{{- else if eq .Values.model.source "objectStore" -}}
/model
{{- else if eq .Values.model.source "image" -}}
/model{{ with .Values.model.image.path }}/{{ trimPrefix "/" . }}{{ end }}
{{- else -}}
/app/demo
{{- end -}}
{{- end -}}

{{/* What OpenTelemetry's SDK reads; values of the resource's attributes are percent-encoded. */}}
{{- define "sharegpt4v.tracingEnv" -}}
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: OTEL_SERVICE_NAME
  value: {{ .Values.tracing.serviceName | default (include "sharegpt4v.fullname" .) | quote }}
- name: OTEL_RESOURCE_ATTRIBUTES
  value: k8s.namespace.name={{ .Release.Namespace }},k8s.pod.name=$(POD_NAME)
    {{- range $name, $value := .Values.tracing.resourceAttributes }},{{ $name }}={{ $value | urlquery | replace "+" "%20" }}{{ end }}
- name: OTEL_TRACES_SAMPLER
  value: {{ .Values.tracing.sampler }}
{{- with .Values.tracing.samplerArg }}
- name: OTEL_TRACES_SAMPLER_ARG
  value: {{ . | quote }}
{{- end }}
{{- with .Values.tracing.headersSecret }}
- name: OTEL_EXPORTER_OTLP_HEADERS
  valueFrom:
    secretKeyRef:
      name: {{ . }}
      key: {{ $.Values.tracing.headersKey }}
{{- end }}
{{- end -}}

{{- define "sharegpt4v.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "sharegpt4v.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- define "sharegpt4v.modelVolume" -}}
{{- if eq .Values.model.source "claim" -}}
- name: model
  persistentVolumeClaim:
    claimName: {{ include "sharegpt4v.claimName" . }}
{{- else if eq .Values.model.source "objectStore" -}}
- name: model
  emptyDir:
    sizeLimit: {{ .Values.model.objectStore.sizeLimit }}
{{- else if eq .Values.model.source "image" -}}
- name: model
  image:
    reference: {{ .Values.model.image.reference | quote }}
    pullPolicy: {{ .Values.model.image.pullPolicy }}
{{- end -}}
{{- end -}}

{{/* Containers that bring the model before the server starts. */}}
{{- define "sharegpt4v.modelInit" -}}
{{- if eq .Values.model.source "objectStore" -}}
- name: fetch-model
  image: {{ .Values.model.objectStore.image | quote }}
  args:
    - copy
    - --config=/tmp/none
    - --stats-one-line
    - --stats=30s
    - -v
    {{- with .Values.model.objectStore.extraArgs }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    - {{ .Values.model.objectStore.url | quote }}
    - /model
  {{- with .Values.model.objectStore.credentialsSecret }}
  envFrom:
    - secretRef:
        name: {{ . }}
  {{- end }}
  securityContext:
    {{- include "sharegpt4v.securityContext" . | nindent 4 }}
  resources:
    requests: {cpu: 500m, memory: 256Mi}
    limits: {memory: 1Gi}
  volumeMounts:
    - name: model
      mountPath: /model
    - name: tmp
      mountPath: /tmp
{{- else if .Values.conversion.enabled -}}
- name: await-conversion
  image: {{ include "sharegpt4v.image" . | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  args: [await, {{ include "sharegpt4v.modelFolder" . | quote }}]
  securityContext:
    {{- include "sharegpt4v.securityContext" . | nindent 4 }}
  resources:
    requests: {cpu: 10m, memory: 64Mi}
    limits: {memory: 256Mi}
  volumeMounts:
    - name: model
      mountPath: /model
      readOnly: true
{{- end -}}
{{- end -}}

{{- define "sharegpt4v.resources" -}}
{{- $resources := deepCopy .Values.resources -}}
{{- if eq .Values.device "cuda" -}}
{{- $limits := default (dict) $resources.limits -}}
{{- $_ := set $limits .Values.gpu.resourceName (toString .Values.gpu.count) -}}
{{- $_ := set $resources "limits" $limits -}}
{{- end -}}
{{- toYaml $resources -}}
{{- end -}}

{{/* Where pods may run; for the server and its Jobs. */}}
{{- define "sharegpt4v.placement" -}}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- if and (eq .Values.device "cuda") .Values.gpu.runtimeClassName }}
runtimeClassName: {{ .Values.gpu.runtimeClassName }}
{{- end }}
{{- end -}}

{{- define "sharegpt4v.probe" -}}
httpGet:
  path: {{ .path }}
  port: http
  scheme: {{ .root.Values.tls.existingSecret | empty | not | ternary "HTTPS" "HTTP" }}
{{- end -}}
