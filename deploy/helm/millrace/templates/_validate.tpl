{{/* What the schema cannot say: values that do not go together. Each sentence says what to do. */}}
{{- define "millrace.validate" -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" (include "millrace.fullname" .)) }}{{ fail (printf "the release's name, %s, ends up in names of Services, which begin with a letter and have no dots: choose another, or set fullnameOverride" .Release.Name) }}{{ end -}}
{{- with .Values.database -}}
{{- if not .existingSecret }}{{ fail "database.existingSecret: name the Secret with PostgreSQL's user and password" }}{{ end -}}
{{- if and .url .urlKey }}{{ fail "database: say url or urlKey, not both" }}{{ end -}}
{{- if and (hasPrefix "verify" .tls.mode) (not .tls.caSecret) }}{{ fail (printf "database.tls.caSecret: %s needs the authority that signed PostgreSQL's certificate" .tls.mode) }}{{ end -}}
{{- if not (or .url .urlKey) }}{{ fail "database.url: say where PostgreSQL is, such as postgresql://host:5432/millrace, or name the key of the Secret that does in database.urlKey" }}{{ end -}}
{{- end -}}
{{- include "millrace.validatePort" (dict "at" "database.url" "port" (include "millrace.databasePort" .)) -}}
{{- with .Values.kafka -}}
{{- if and .bootstrapServers .bootstrapServersKey }}{{ fail "kafka: say bootstrapServers or bootstrapServersKey, not both" }}{{ end -}}
{{- if not (or .bootstrapServers .bootstrapServersKey) }}{{ fail "kafka.bootstrapServers: say where Kafka is, such as kafka:9092, or name the key of the Secret that does in kafka.bootstrapServersKey" }}{{ end -}}
{{- if and .bootstrapServersKey (not .existingSecret) }}{{ fail "kafka.existingSecret: name the Secret that bootstrapServersKey is a key of" }}{{ end -}}
{{- if and (hasPrefix "SASL" .securityProtocol) (not .existingSecret) }}{{ fail (printf "kafka.existingSecret: %s needs the Secret with the JAAS configuration" .securityProtocol) }}{{ end -}}
{{- if and (or .tls.caSecret .tls.clientSecret) (not (hasSuffix "SSL" .securityProtocol)) }}{{ fail (printf "kafka.tls: certificates are of no use with %s: set kafka.securityProtocol to SSL or SASL_SSL" .securityProtocol) }}{{ end -}}
{{- range regexFindAll ":[0-9]+" .bootstrapServers -1 }}{{ include "millrace.validatePort" (dict "at" "kafka.bootstrapServers" "port" (trimPrefix ":" .)) }}{{ end -}}
{{- end -}}
{{- if not (or .Values.auth.bootstrapKey.existingSecret .Values.auth.oidc.issuer) }}{{ fail "auth: the API listens to no network without credentials: name the Secret with the first API key in auth.bootstrapKey.existingSecret, or an issuer of tokens in auth.oidc.issuer" }}{{ end -}}
{{- with .Values.auth.oidc -}}
{{- if and .issuer (not (and .audience .jwksUrl)) }}{{ fail "auth.oidc: an issuer needs audience, since a token for another service is none for this one, and jwksUrl, where its keys are" }}{{ end -}}
{{- end -}}
{{- with .Values.expose -}}
{{- if ne .kind "none" -}}
{{- if not .host }}{{ fail (printf "expose.host: %s needs a host name" .kind) }}{{ end -}}
{{- if and (eq .kind "ingress") (not .ingress.tlsSecret) (not .ingress.tlsElsewhere) }}{{ fail "expose.ingress.tlsSecret: API keys would travel in the clear: name the Secret with a certificate, or say tlsElsewhere: true where TLS ends before the Ingress" }}{{ end -}}
{{- if and (eq .kind "httpRoute") (not .httpRoute.gateway.name) }}{{ fail "expose.httpRoute.gateway.name: name the Gateway" }}{{ end -}}
{{- end -}}
{{- end -}}
{{- range $part, $image := dict "image" .Values.image "api.image" .Values.api.image "scheduler.image" .Values.scheduler.image "worker.image" .Values.worker.image -}}
{{- include "millrace.validateImage" (dict "at" $part "image" $image) -}}
{{- end -}}
{{- range $at, $settings := dict "config" .Values.config "api.config" .Values.api.config "scheduler.config" .Values.scheduler.config "worker.config" .Values.worker.config -}}
{{- include "millrace.validateSettings" (dict "at" $at "settings" $settings) -}}
{{- end -}}
{{- range $at, $env := dict "extraEnv" .Values.extraEnv "api.extraEnv" .Values.api.extraEnv "scheduler.extraEnv" .Values.scheduler.extraEnv "worker.extraEnv" .Values.worker.extraEnv -}}
{{- include "millrace.validateEnv" (dict "root" $ "at" $at "env" $env) -}}
{{- end -}}
{{- if and .Values.api.autoscaling.enabled (gt (int .Values.api.autoscaling.minReplicas) (int .Values.api.autoscaling.maxReplicas)) }}{{ fail "api.autoscaling: minReplicas is above maxReplicas" }}{{ end -}}
{{- if and .Values.api.autoscaling.enabled (not (dig "requests" "cpu" "" .Values.api.resources)) }}{{ fail "api.autoscaling: scaling by CPU needs api.resources.requests.cpu" }}{{ end -}}
{{- $mounts := list -}}
{{- range .Values.extraMounts -}}
{{- $path := trimSuffix "/" .mountPath -}}
{{- if regexMatch "^/etc/millrace(/(config|api-key|(database|kafka)-(ca|client))(/.*)?)?$" $path }}{{ fail (printf "extraMounts: %s: the chart's own files are below %s: mount it elsewhere" .name .mountPath) }}{{ end -}}
{{- if has .name $mounts }}{{ fail (printf "extraMounts: there are two called %s" .name) }}{{ end -}}
{{- if has $path $mounts }}{{ fail (printf "extraMounts: there are two at %s" $path) }}{{ end -}}
{{- $mounts = append $mounts .name | concat (list $path) -}}
{{- if eq (empty .secret) (empty .configMap) }}{{ fail (printf "extraMounts: %s needs either secret or configMap" .name) }}{{ end -}}
{{- end -}}
{{- $names := list -}}
{{- range .Values.workers -}}
{{- $pool := include "millrace.pool" . | fromYaml -}}
{{- if has $pool.name $names }}{{ fail (printf "workers: there are two pools called %s" $pool.name) }}{{ end -}}
{{- $names = append $names $pool.name -}}
{{- $at := printf "workers: pool %s: " $pool.name -}}
{{- include "millrace.validateSettings" (dict "at" (print $at "config") "settings" $pool.config) -}}
{{- include "millrace.validateEnv" (dict "root" $ "at" (print $at "extraEnv") "env" $pool.extraEnv) -}}
{{- include "millrace.validateImage" (dict "at" (print $at "image") "image" $pool.image) -}}
{{- if and $pool.image (not $pool.image.repository) }}{{ fail (print $at "image needs a repository") }}{{ end -}}
{{- with $pool.autoscaling -}}
{{- if and (ne .kind "none") (gt (int .minReplicas) (int .maxReplicas)) }}{{ fail (printf "workers: pool %s: autoscaling.minReplicas is above maxReplicas" $pool.name) }}{{ end -}}
{{- if and (eq .kind "hpa") (lt (int .minReplicas) 1) }}{{ fail (printf "workers: pool %s: a HorizontalPodAutoscaler does not scale to zero: use kind keda, or minReplicas: 1" $pool.name) }}{{ end -}}
{{- if and (eq .kind "hpa") (not (dig "requests" "cpu" "" $pool.resources)) }}{{ fail (printf "workers: pool %s: scaling by CPU needs resources.requests.cpu" $pool.name) }}{{ end -}}
{{- if and (eq .kind "keda") (not $pool.queues) }}{{ fail (printf "workers: pool %s: KEDA looks at queues: name the pool's" $pool.name) }}{{ end -}}
{{- if and (eq .kind "keda") (not $.Values.keda.apiKeySecret) }}{{ fail "keda.apiKeySecret: KEDA asks the API, which answers nobody without a key: name the Secret with one of the role viewer" }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "millrace.validateImage" -}}
{{- if eq (toString .image.tag) "latest" }}{{ fail (printf "%s.tag: latest says nothing of what runs, and two pods may run two versions: name a version, or a digest" .at) }}{{ end -}}
{{- end -}}

{{- define "millrace.validatePort" -}}
{{- if or (lt (int .port) 1) (gt (int .port) 65535) }}{{ fail (printf "%s: there is no port %s" .at .port) }}{{ end -}}
{{- end -}}

{{/* Settings that the rest of the chart counts on: probes on the port, the grace period on the drain. */}}
{{- define "millrace.ownSettings" -}}
millrace.access.required: true; nobody is let in without a credential
millrace.access.bootstrap-key: auth.bootstrapKey
millrace.access.bootstrap-key-file: auth.bootstrapKey
millrace.access.oidc.issuer: auth.oidc.issuer
millrace.access.oidc.audience: auth.oidc.audience
millrace.access.oidc.jwks-url: auth.oidc.jwksUrl
quarkus.http.host: none; pods listen on all addresses
quarkus.http.port: none; pods listen on 8080
quarkus.shutdown.timeout: api.drainSeconds
millrace.database.migrate-at-start: migration.mode
millrace.worker.concurrency: workers[].concurrency
millrace.worker.queues: workers[].queues
millrace.worker.drain-timeout: workers[].drainSeconds
{{- end -}}

{{/* Variables that the chart sets itself, and where they come from. */}}
{{- define "millrace.ownVariables" -}}
QUARKUS_CONFIG_LOCATIONS: config, which is read from there
{{- range include "millrace.databaseEnv" . | fromYamlArray }}
{{ .name }}: database
{{- end }}
{{- range include "millrace.kafkaEnv" . | fromYamlArray }}
{{ .name }}: kafka
{{- end }}
{{- end -}}

{{/* Settings end up in a ConfigMap, and literal variables in the Deployment, both of which many may read. */}}
{{- define "millrace.validateSettings" -}}
{{- range $key, $_ := .settings -}}
{{- if regexMatch "(password|secrets?|credentials?|token|jaas[.]config|authorization)$" $key }}{{ fail (printf "%s: %s is a secret and would stand in a ConfigMap: give it through extraEnv with valueFrom.secretKeyRef" $.at $key) }}{{ end -}}
{{- with get (include "millrace.ownSettings" $ | fromYaml) $key }}{{ fail (printf "%s: %s has a value of its own: %s" $.at $key .) }}{{ end -}}
{{- end -}}
{{- end -}}

{{- define "millrace.validateEnv" -}}
{{- $own := include "millrace.ownSettings" . | fromYaml -}}
{{- $variables := include "millrace.ownVariables" .root | fromYaml -}}
{{- $names := list -}}
{{- range .env -}}
{{- $name := .name -}}
{{- if has $name $names }}{{ fail (printf "%s: %s is there twice" $.at $name) }}{{ end -}}
{{- $names = append $names $name -}}
{{- with get $variables $name }}{{ fail (printf "%s: %s has a value of its own: %s" $.at $name .) }}{{ end -}}
{{- if and (hasKey . "value") (regexMatch "(PASSWORD|SECRETS?|CREDENTIALS?|TOKEN|JAAS_CONFIG|AUTHORIZATION|KEY)$" $name) }}{{ fail (printf "%s: %s is a secret and would stand in the Deployment: give it with valueFrom.secretKeyRef" $.at $name) }}{{ end -}}
{{- range $key, $value := $own -}}
{{- if eq $name (regexReplaceAll "[^A-Z0-9]" (upper $key) "_") }}{{ fail (printf "%s: %s has a value of its own: %s" $.at $name $value) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
