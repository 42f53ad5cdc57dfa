package io.millrace.helm;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What of KEDA's kinds the chart uses, as KEDA 2.12 and later have them; there is no model of theirs for Java. */
final class Keda {

    private Keda() {}

    record Target(String name) {}

    record Reference(String name) {}

    record Trigger(String type, String metricType, Map<String, String> metadata, Reference authenticationRef) {}

    record ScaledObjectSpec(
            Target scaleTargetRef,
            int minReplicaCount,
            int maxReplicaCount,
            int pollingInterval,
            int cooldownPeriod,
            List<Trigger> triggers) {}

    record SecretKey(String parameter, String name, String key) {}

    record TriggerAuthenticationSpec(List<SecretKey> secretTargetRef) {}

    /** What the objects have in common; their kind and version have been looked at before. */
    @JsonIgnoreProperties({"kind", "apiVersion"})
    @JsonDeserialize(using = JsonDeserializer.None.class)
    abstract static class Head implements HasMetadata {
        private static final long serialVersionUID = 1L;

        private ObjectMeta metadata = new ObjectMeta();

        @Override
        public ObjectMeta getMetadata() {
            return metadata;
        }

        @Override
        public void setMetadata(ObjectMeta metadata) {
            this.metadata = metadata;
        }

        @Override
        public String getKind() {
            return getClass().getSimpleName();
        }

        @Override
        public String getApiVersion() {
            return "keda.sh/v1alpha1";
        }

        @Override
        public void setApiVersion(@Nullable String version) {}
    }

    @JsonDeserialize(using = JsonDeserializer.None.class)
    static final class ScaledObject extends Head {
        private static final long serialVersionUID = 1L;

        public ScaledObjectSpec spec = new ScaledObjectSpec(new Target(""), 0, 0, 0, 0, List.of());
    }

    @JsonDeserialize(using = JsonDeserializer.None.class)
    static final class TriggerAuthentication extends Head {
        private static final long serialVersionUID = 1L;

        public TriggerAuthenticationSpec spec = new TriggerAuthenticationSpec(List.of());
    }
}
