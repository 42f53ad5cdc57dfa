{{/* Names: short enough that "-worker-" and a pool's name of 20 letters still fit into a label. */}}
{{- define "millrace.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 35 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" (.Release.Name | trunc 26 | trimSuffix "-") .Chart.Name -}}
{{- end -}}
{{- end -}}

{{/* What selects pods, and so must never change: neither version nor anything from the values. */}}
{{- define "millrace.selector" -}}
app.kubernetes.io/name: millrace
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- define "millrace.labels" -}}
{{ include "millrace.podLabels" . }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Without the chart's version, so that a change of the chart alone restarts nothing. */}}
{{- define "millrace.podLabels" -}}
{{ include "millrace.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: millrace
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The image of a part: (dict "root" $ "image" .Values.api.image). With a digest the tag is for people only. */}}
{{- define "millrace.image" -}}
{{- $registry := .image.registry | default .root.Values.image.registry -}}
{{- with $registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{ .image.repository }}:{{ .image.tag | default .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- with .image.digest }}@{{ . }}{{ end -}}
{{- end -}}

{{/* Settings by key as the lines of a properties file. Above what the image has (250), below the environment (300): docs/decisions/0026. */}}
{{- define "millrace.properties" -}}
config_ordinal=275
{{- range $key, $value := . }}
{{ $key }}={{ if kindIs "float64" $value }}{{ if eq $value (floor $value) }}{{ int64 $value }}{{ else }}{{ $value }}{{ end }}{{ else }}{{ $value | toString | replace "\\" "\\\\" }}{{ end }}
{{- end }}
{{- end -}}

{{/* What the migration is told of its surroundings, and so is every service. */}}
{{- define "millrace.databaseConfig" -}}
{{- with .Values.database.tls -}}
{{- if .mode }}
millrace.database.tls.mode: {{ .mode }}
{{- end }}
{{- if .caSecret }}
millrace.database.tls.ca: /etc/millrace/database-ca/{{ .caKey }}
{{- end }}
{{- if .clientSecret }}
millrace.database.tls.certificate: /etc/millrace/database-client/tls.crt
millrace.database.tls.key: /etc/millrace/database-client/tls.key
{{- end }}
{{- end -}}
{{- end -}}

{{/* What every service is told of its surroundings and is no secret. */}}
{{- define "millrace.commonConfig" -}}
{{ include "millrace.databaseConfig" . }}
kafka.security.protocol: {{ .Values.kafka.securityProtocol }}
{{- if hasPrefix "SASL" .Values.kafka.securityProtocol }}
kafka.sasl.mechanism: {{ .Values.kafka.sasl.mechanism }}
{{- end }}
{{- if .Values.kafka.tls.caSecret }}
kafka.ssl.truststore.type: PEM
kafka.ssl.truststore.location: /etc/millrace/kafka-ca/{{ .Values.kafka.tls.caKey }}
{{- end }}
{{- if .Values.kafka.tls.clientSecret }}
kafka.ssl.keystore.type: PKCS12
kafka.ssl.keystore.location: /etc/millrace/kafka-client/{{ .Values.kafka.tls.clientKey }}
{{- end }}
{{- end -}}

{{/* What a service that serves is told besides. */}}
{{- define "millrace.serviceConfig" -}}
quarkus.http.host: 0.0.0.0
quarkus.http.port: 8080
millrace.database.migrate-at-start: {{ eq .Values.migration.mode "start" }}
{{- end -}}

{{- define "millrace.apiConfig" -}}
{{- $own := dict "quarkus.shutdown.timeout" (printf "%ds" (int .Values.api.drainSeconds)) -}}
{{- with .Values.auth -}}
{{- if .bootstrapKey.existingSecret }}{{ $_ := set $own "millrace.access.bootstrap-key-file" (print "/etc/millrace/api-key/" .bootstrapKey.key) }}{{ end -}}
{{- if .oidc.issuer -}}
{{- $_ := set $own "millrace.access.oidc.issuer" .oidc.issuer -}}
{{- $_ := set $own "millrace.access.oidc.audience" .oidc.audience -}}
{{- $_ := set $own "millrace.access.oidc.jwks-url" .oidc.jwksUrl -}}
{{- end -}}
{{- end -}}
{{- mergeOverwrite (include "millrace.commonConfig" . | fromYaml) (include "millrace.serviceConfig" . | fromYaml) $own (deepCopy .Values.config) .Values.api.config | toYaml -}}
{{- end -}}

{{- define "millrace.schedulerConfig" -}}
{{- mergeOverwrite (include "millrace.commonConfig" . | fromYaml) (include "millrace.serviceConfig" . | fromYaml) (deepCopy .Values.config) .Values.scheduler.config | toYaml -}}
{{- end -}}

{{/* (dict "root" $ "pool" $pool) */}}
{{- define "millrace.workerConfig" -}}
{{- $own := dict "millrace.worker.concurrency" .pool.concurrency "millrace.worker.drain-timeout" (printf "%ds" (int .pool.drainSeconds)) -}}
{{- with .pool.queues }}{{ $_ := set $own "millrace.worker.queues" (join "," .) }}{{ end -}}
{{- $keys := dict "heap" "heap" "minChildren" "min-children" "maxChildren" "max-children" "maxTasksPerChild" "max-tasks-per-child" "maxMemoryPerChild" "max-memory-per-child" -}}
{{- range $name, $value := .pool.isolation }}{{ $_ := set $own (printf "millrace.worker.isolation.%s" (get $keys $name)) $value }}{{ end -}}
{{- mergeOverwrite (include "millrace.commonConfig" .root | fromYaml) (include "millrace.serviceConfig" .root | fromYaml) $own (deepCopy .root.Values.config) (deepCopy .root.Values.worker.config) .pool.config | toYaml -}}
{{- end -}}

{{/* A pool with what it does not say itself: values of lists have no defaults of their own in Helm. */}}
{{- define "millrace.pool" -}}
{{- $defaults := dict "queues" list "replicas" 1 "drainSeconds" 60 "isolation" dict "autoscaling" (dict "kind" "none") "image" dict "config" dict "extraEnv" list "tmpSize" "512Mi" "nodeSelector" dict "tolerations" list "podAnnotations" dict -}}
{{- $pool := mergeOverwrite $defaults (deepCopy .) -}}
{{- $scaling := dict "minReplicas" 1 "maxReplicas" 10 "targetCpu" 70 "backlogPerReplica" (mul 10 (int $pool.concurrency)) "oldestAgeSeconds" 0 "pollingSeconds" 15 "cooldownSeconds" 300 -}}
{{- if eq $pool.autoscaling.kind "keda" }}{{ $_ := set $scaling "minReplicas" 0 }}{{ end -}}
{{- $_ := set $pool "autoscaling" (mergeOverwrite $scaling $pool.autoscaling) -}}
{{- toYaml $pool -}}
{{- end -}}

{{/* The ports that the addresses name, one a line: policies must let through what services use. */}}
{{- define "millrace.databasePort" -}}
{{- regexFind ":[0-9]+/" .Values.database.url | trimAll ":/" | default (toString .Values.database.port) -}}
{{- end -}}

{{- define "millrace.kafkaPorts" -}}
{{- range $i, $port := regexFindAll ":[0-9]+" .Values.kafka.bootstrapServers -1 | default (list (printf ":%v" .Values.kafka.port)) | uniq }}
- {protocol: TCP, port: {{ trimPrefix ":" $port }}}
{{- end }}
{{- end -}}
