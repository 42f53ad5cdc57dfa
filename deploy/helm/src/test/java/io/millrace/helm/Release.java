package io.millrace.helm;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** What a release is made of. */
record Release(List<HasMetadata> objects) {

    /**
     * A pod that something of the release makes.
     *
     * @param owner the Deployment, the Job or the Pod itself
     */
    record MadePod(HasMetadata owner, Map<String, String> labels, Map<String, String> annotations, PodSpec spec) {

        Container container() {
            return spec.getContainers().getFirst();
        }

        String component() {
            return labels.getOrDefault("app.kubernetes.io/component", "");
        }

        boolean serves() {
            return owner instanceof Deployment;
        }

        /** Whether a selector by labels has it. */
        boolean hasAll(Map<String, String> selector) {
            return labels.entrySet().containsAll(selector.entrySet());
        }

        @Override
        public String toString() {
            return owner.getKind() + " " + owner.getMetadata().getName();
        }
    }

    <T extends HasMetadata> List<T> all(Class<T> kind) {
        return objects.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    <T extends HasMetadata> T one(Class<T> kind, String name) {
        return all(kind).stream()
                .filter(object -> object.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + kind.getSimpleName() + " called " + name));
    }

    List<MadePod> pods() {
        return objects.stream()
                .<MadePod>mapMulti((object, pods) -> {
                    if (object instanceof Deployment deployment) {
                        var template = deployment.getSpec().getTemplate();
                        pods.accept(new MadePod(
                                object,
                                template.getMetadata().getLabels(),
                                template.getMetadata().getAnnotations(),
                                template.getSpec()));
                    } else if (object instanceof Job job) {
                        var template = job.getSpec().getTemplate();
                        pods.accept(
                                new MadePod(object, template.getMetadata().getLabels(), Map.of(), template.getSpec()));
                    } else if (object instanceof Pod pod) {
                        pods.accept(new MadePod(
                                object,
                                pod.getMetadata().getLabels(),
                                pod.getMetadata().getAnnotations(),
                                pod.getSpec()));
                    }
                })
                .toList();
    }

    MadePod pod(String owner) {
        return pods().stream()
                .filter(pod -> pod.owner().getMetadata().getName().equals(owner))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing called " + owner + " makes pods"));
    }

    /** The settings that a pod's process reads from its file. */
    Map<String, String> settings(MadePod pod) {
        var settings = new TreeMap<String, String>();
        pod.spec().getVolumes().stream()
                .filter(volume -> volume.getName().equals("config"))
                .forEach(volume -> {
                    ConfigMap map = one(ConfigMap.class, volume.getConfigMap().getName());
                    String key = volume.getConfigMap().getItems().isEmpty()
                            ? "application.properties"
                            : volume.getConfigMap().getItems().getFirst().getKey();
                    read(map.getData().getOrDefault(key, ""))
                            .forEach((name, value) -> settings.put((String) name, (String) value));
                });
        return settings;
    }

    private static Properties read(String text) {
        try {
            var properties = new Properties();
            properties.load(new StringReader(text));
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
