{{/*
The pod of a part. All pods of the chart are made here, so that none is less restricted than another:
(dict "root" $ "component" "api" "labels" dict "config" "properties as YAML" "configMap" "name" "configKey" "key"
 "part" .Values.api "image" "name" "env" list "grace" 35 "lifecycle" dict "tmpSize" "256Mi" "nodeSelector" dict "tolerations" list)
*/}}
{{- define "millrace.podTemplate" -}}
{{- $files := include "millrace.files" .root | fromYamlArray -}}
{{- with .root.Values.auth.bootstrapKey -}}
{{- if and .existingSecret (eq $.component "api") -}}
{{- $files = append $files (dict "name" "api-key" "mountPath" "/etc/millrace/api-key" "secret" (dict "secretName" .existingSecret "items" (list (dict "key" .key "path" .key)))) -}}
{{- end -}}
{{- end -}}
metadata:
  labels:
    {{- include "millrace.podLabels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
    {{- with .labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # A pod starts anew when its settings change.
    millrace.io/config-checksum: {{ .config | sha256sum }}
    {{- with .part.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "millrace.fullname" .root | quote }}
  {{- include "millrace.podSecurity" .root | nindent 2 }}
  {{- with .root.Values.scheduling.priorityClassName }}
  priorityClassName: {{ . | quote }}
  {{- end }}
  terminationGracePeriodSeconds: {{ .grace }}
  {{- include "millrace.spread" . | nindent 2 }}
  {{- with .nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: {{ .component }}
      image: {{ .image }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      {{- include "millrace.containerSecurity" . | nindent 6 }}
      ports:
        - name: http
          containerPort: 8080
      env:
        {{- include "millrace.databaseEnv" .root | nindent 8 }}
        {{- include "millrace.kafkaEnv" .root | nindent 8 }}
        - name: QUARKUS_CONFIG_LOCATIONS
          value: /etc/millrace/config/application.properties
        {{- with include "millrace.env" (concat .root.Values.extraEnv .env .part.extraEnv) | fromYamlArray }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      startupProbe:
        httpGet: {path: /q/health/started, port: http}
        periodSeconds: 2
        timeoutSeconds: 2
        # A service waits for PostgreSQL for a minute, and then ends by itself.
        failureThreshold: 60
      readinessProbe:
        httpGet: {path: /q/health/ready, port: http}
        periodSeconds: 5
        timeoutSeconds: 3
        failureThreshold: 3
      livenessProbe:
        httpGet: {path: /q/health/live, port: http}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      {{- with .lifecycle }}
      lifecycle:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      resources:
        {{- toYaml .part.resources | nindent 8 }}
      volumeMounts:
        - name: tmp
          mountPath: /tmp
        - name: config
          mountPath: /etc/millrace/config
          readOnly: true
        {{- with include "millrace.mounts" $files | trim }}
        {{- . | nindent 8 }}
        {{- end }}
  volumes:
    - name: tmp
      emptyDir: {sizeLimit: {{ .tmpSize }}}
    - name: config
      configMap:
        name: {{ .configMap | quote }}
        items:
          - key: {{ .configKey }}
            path: application.properties
    {{- with include "millrace.volumes" $files | trim }}
    {{- . | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* No token, no name of another Service in the environment (MILLRACE_API_PORT would look like a setting), no root. */}}
{{- define "millrace.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  {{- with .Values.podSecurity.runAsUser }}
  runAsUser: {{ int64 . }}
  {{- end }}
  {{- with .Values.podSecurity.runAsGroup }}
  runAsGroup: {{ int64 . }}
  {{- end }}
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- end -}}

{{- define "millrace.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end -}}

{{- define "millrace.spread" -}}
{{- $selector := merge (include "millrace.selector" .root | fromYaml) (dict "app.kubernetes.io/component" .component) .labels -}}
{{- $constraints := list -}}
{{- range $key, $how := dict "kubernetes.io/hostname" .root.Values.scheduling.spreadOverNodes "topology.kubernetes.io/zone" .root.Values.scheduling.spreadOverZones -}}
{{- if $how -}}
{{- $constraints = append $constraints (dict "maxSkew" 1 "topologyKey" $key "whenUnsatisfiable" $how "labelSelector" (dict "matchLabels" $selector) "matchLabelKeys" (list "pod-template-hash")) -}}
{{- end -}}
{{- end -}}
{{- with $constraints -}}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Each variable once, as it is said last: a part's own stands above what all have, as with settings. Server-side apply refuses one that is there twice. */}}
{{- define "millrace.env" -}}
{{- $last := dict -}}
{{- range . }}{{ $_ := set $last .name . }}{{ end -}}
{{- $env := list -}}
{{- range . }}{{ $env = append $env (get $last .name) }}{{ end -}}
{{- toYaml (uniq $env) -}}
{{- end -}}

{{- define "millrace.secretEnv" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret | quote }}
      key: {{ .key | quote }}
{{- end -}}

{{- define "millrace.databaseEnv" -}}
{{- $secret := .Values.database.existingSecret -}}
{{- if .Values.database.urlKey -}}
{{ include "millrace.secretEnv" (dict "name" "QUARKUS_DATASOURCE_REACTIVE_URL" "secret" $secret "key" .Values.database.urlKey) }}
{{- else -}}
- name: QUARKUS_DATASOURCE_REACTIVE_URL
  value: {{ .Values.database.url | quote }}
{{- end }}
{{ include "millrace.secretEnv" (dict "name" "QUARKUS_DATASOURCE_USERNAME" "secret" $secret "key" .Values.database.usernameKey) }}
{{ include "millrace.secretEnv" (dict "name" "QUARKUS_DATASOURCE_PASSWORD" "secret" $secret "key" .Values.database.passwordKey) }}
{{- end -}}

{{- define "millrace.kafkaEnv" -}}
{{- with .Values.kafka -}}
{{- if .bootstrapServersKey -}}
{{ include "millrace.secretEnv" (dict "name" "KAFKA_BOOTSTRAP_SERVERS" "secret" .existingSecret "key" .bootstrapServersKey) }}
{{- else -}}
- name: KAFKA_BOOTSTRAP_SERVERS
  value: {{ .bootstrapServers | quote }}
{{- end }}
{{- if hasPrefix "SASL" .securityProtocol }}
{{ include "millrace.secretEnv" (dict "name" "KAFKA_SASL_JAAS_CONFIG" "secret" .existingSecret "key" .sasl.jaasConfigKey) }}
{{- end }}
{{- if .tls.clientSecret }}
{{ include "millrace.secretEnv" (dict "name" "KAFKA_SSL_KEYSTORE_PASSWORD" "secret" .tls.clientSecret "key" .tls.clientPasswordKey) }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What is mounted into every service, as a list: (dict "name" … "mountPath" …, and a volume's source). */}}
{{- define "millrace.files" -}}
{{- $files := include "millrace.migrationFiles" . | fromYamlArray -}}
{{- with .Values.kafka.tls -}}
{{- if .caSecret }}{{ $files = append $files (dict "name" "kafka-ca" "mountPath" "/etc/millrace/kafka-ca" "secret" (dict "secretName" .caSecret "items" (list (dict "key" .caKey "path" .caKey)))) }}{{ end -}}
{{- if .clientSecret }}{{ $files = append $files (dict "name" "kafka-client" "mountPath" "/etc/millrace/kafka-client" "secret" (dict "secretName" .clientSecret "items" (list (dict "key" .clientKey "path" .clientKey)))) }}{{ end -}}
{{- end -}}
{{- toYaml $files -}}
{{- end -}}

{{/* What of it the migration gets too. */}}
{{- define "millrace.migrationFiles" -}}
{{- $files := list -}}
{{- with .Values.database.tls -}}
{{- if .caSecret }}{{ $files = append $files (dict "name" "database-ca" "mountPath" "/etc/millrace/database-ca" "secret" (dict "secretName" .caSecret "items" (list (dict "key" .caKey "path" .caKey)))) }}{{ end -}}
{{- if .clientSecret }}{{ $files = append $files (dict "name" "database-client" "mountPath" "/etc/millrace/database-client" "secret" (dict "secretName" .clientSecret)) }}{{ end -}}
{{- end -}}
{{- range .Values.extraMounts -}}
{{- $file := dict "name" (printf "extra-%s" .name) "mountPath" .mountPath -}}
{{- if .secret }}{{ $_ := set $file "secret" (dict "secretName" .secret) }}{{ else }}{{ $_ := set $file "configMap" (dict "name" .configMap) }}{{ end -}}
{{- $files = append $files $file -}}
{{- end -}}
{{- toYaml $files -}}
{{- end -}}

{{- define "millrace.mounts" -}}
{{- range . }}
- name: {{ .name }}
  mountPath: {{ .mountPath }}
  readOnly: true
{{- end }}
{{- end -}}

{{- define "millrace.volumes" -}}
{{- range . }}
- {{ omit . "mountPath" | toYaml | nindent 2 | trim }}
{{- end }}
{{- end -}}
