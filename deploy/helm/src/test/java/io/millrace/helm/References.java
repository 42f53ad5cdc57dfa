package io.millrace.helm;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.millrace.helm.Release.MadePod;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a pod reads from elsewhere, by name. */
final class References {

    private References() {}

    static Set<String> secrets(MadePod pod) {
        Stream<String> mounted = pod.spec().getVolumes().stream()
                .filter(volume -> volume.getSecret() != null)
                .map(volume -> volume.getSecret().getSecretName());
        Stream<String> read = pod.container().getEnv().stream()
                .map(EnvVar::getValueFrom)
                .filter(from -> from != null && from.getSecretKeyRef() != null)
                .map(from -> from.getSecretKeyRef().getName());
        return Stream.concat(mounted, read).collect(Collectors.toSet());
    }

    static Set<String> configMaps(MadePod pod) {
        return pod.spec().getVolumes().stream()
                .map(volume -> volume.getConfigMap())
                .filter(Objects::nonNull)
                .map(map -> map.getName())
                .collect(Collectors.toSet());
    }
}
