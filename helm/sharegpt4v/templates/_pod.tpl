{{/* The pod of Deployment and StatefulSet. */}}
{{- define "sharegpt4v.pod" -}}
metadata:
  labels:
    {{- include "sharegpt4v.labels" . | nindent 4 }}
    app.kubernetes.io/component: server
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    checksum/config: {{ include "sharegpt4v.properties" . | sha256sum }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "sharegpt4v.serviceAccountName" . }}
  automountServiceAccountToken: false
  # A service named sharegpt4v would otherwise set SHAREGPT4V_PORT to its address.
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ add .Values.preStopSeconds .Values.drainSeconds 15 }}
  securityContext:
    {{- include "sharegpt4v.podSecurityContext" . | nindent 4 }}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with include "sharegpt4v.placement" . }}
  {{- . | nindent 2 }}
  {{- end }}
  topologySpreadConstraints:
    {{- if .Values.topologySpreadConstraints }}
    {{- toYaml .Values.topologySpreadConstraints | nindent 4 }}
    {{- else }}
    {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
    - maxSkew: 1
      topologyKey: {{ . }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "sharegpt4v.serverLabels" $ | nindent 10 }}
    {{- end }}
    {{- end }}
  {{- with include "sharegpt4v.modelInit" . }}
  initContainers:
    {{- . | nindent 4 }}
  {{- end }}
  containers:
    - name: server
      image: {{ include "sharegpt4v.image" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args: [serve]
      env:
        - name: SHAREGPT4V_CONFIG
          value: /etc/sharegpt4v/config/serve.properties
        {{- /* What the image sets goes before the file. */}}
        - name: SHAREGPT4V_HOST
          value: 0.0.0.0
        - name: SHAREGPT4V_PORT
          value: "8080"
        {{- with .Values.javaOptions }}
        - name: JDK_JAVA_OPTIONS
          value: {{ . | quote }}
        {{- end }}
        {{- if .Values.tracing.enabled }}
        {{- include "sharegpt4v.tracingEnv" . | nindent 8 }}
        {{- end }}
        {{- with .Values.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      ports:
        - name: http
          containerPort: 8080
      startupProbe:
        {{- include "sharegpt4v.probe" (dict "root" . "path" "/health/ready") | nindent 8 }}
        {{- toYaml .Values.probes.startup | nindent 8 }}
      livenessProbe:
        {{- include "sharegpt4v.probe" (dict "root" . "path" "/health/live") | nindent 8 }}
        {{- toYaml .Values.probes.liveness | nindent 8 }}
      readinessProbe:
        {{- include "sharegpt4v.probe" (dict "root" . "path" "/health/ready") | nindent 8 }}
        {{- toYaml .Values.probes.readiness | nindent 8 }}
      lifecycle:
        preStop:
          sleep:
            seconds: {{ .Values.preStopSeconds }}
      securityContext:
        {{- include "sharegpt4v.securityContext" . | nindent 8 }}
      resources:
        {{- include "sharegpt4v.resources" . | nindent 8 }}
      volumeMounts:
        - name: config
          mountPath: /etc/sharegpt4v/config
          readOnly: true
        - name: tmp
          mountPath: /tmp
        {{- if ne .Values.model.source "demo" }}
        - name: model
          mountPath: /model
          readOnly: true
        {{- end }}
        {{- if .Values.auth.existingSecret }}
        - name: keys
          mountPath: /etc/sharegpt4v/keys
          readOnly: true
        {{- end }}
        {{- if .Values.tls.existingSecret }}
        - name: tls
          mountPath: /etc/sharegpt4v/tls
          readOnly: true
        {{- end }}
        {{- if .Values.data.enabled }}
        - name: data
          mountPath: /data
        {{- end }}
        {{- with .Values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: config
      configMap:
        name: {{ include "sharegpt4v.fullname" . }}
    - name: tmp
      emptyDir: {}
    {{- with include "sharegpt4v.modelVolume" . }}
    {{- . | nindent 4 }}
    {{- end }}
    {{- with .Values.auth.existingSecret }}
    - name: keys
      secret:
        secretName: {{ . }}
        defaultMode: 0440
        items:
          - key: {{ $.Values.auth.secretKey }}
            path: keys
    {{- end }}
    {{- with .Values.tls.existingSecret }}
    - name: tls
      secret:
        secretName: {{ . }}
        defaultMode: 0440
    {{- end }}
    {{- with .Values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}
