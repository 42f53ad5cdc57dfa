package io.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import org.junit.jupiter.api.Test;

/** How the API is reached. */
class ExposureTest {

    @ForEachScenario
    void noServiceLeavesTheClusterByItself(Scenario scenario) {
        assertThat(scenario.release().all(Service.class))
                .allSatisfy(service -> assertThat(service.getSpec().getType()).isNull());
    }

    @Test
    void nothingIsExposedUnlessAskedFor() {
        Release release = Scenario.of("minimal").release();

        assertThat(release.all(Ingress.class)).isEmpty();
        assertThat(release.all(HTTPRoute.class)).isEmpty();
    }

    @Test
    void anIngressLeadsToTheApiByTls() {
        Release release = Scenario.of("production").release();

        Ingress ingress = release.one(Ingress.class, "acme-millrace");

        assertThat(ingress.getSpec().getTls()).singleElement().satisfies(tls -> {
            assertThat(tls.getHosts()).containsExactly("jobs.example.org");
            assertThat(tls.getSecretName()).isEqualTo("jobs-example-org-tls");
        });
        var backend = ingress.getSpec()
                .getRules()
                .getFirst()
                .getHttp()
                .getPaths()
                .getFirst()
                .getBackend()
                .getService();
        assertThat(release.one(Service.class, backend.getName()).getSpec().getPorts())
                .extracting(port -> port.getName())
                .contains(backend.getPort().getName());
    }

    @Test
    void aRouteLeadsToTheApiByTheGatewaysListenerForHttps() {
        Release release = Scenario.of("restricted").release();

        HTTPRoute route = release.one(HTTPRoute.class, "acme-millrace");

        assertThat(route.getSpec().getParentRefs()).singleElement().satisfies(gateway -> {
            assertThat(gateway.getName()).isEqualTo("internal");
            assertThat(gateway.getNamespace()).isEqualTo("gateways");
            assertThat(gateway.getSectionName()).isEqualTo("https");
        });
        var backend = route.getSpec().getRules().getFirst().getBackendRefs().getFirst();
        assertThat(release.one(Service.class, backend.getName()).getSpec().getPorts())
                .extracting(port -> port.getPort())
                .contains(backend.getPort());
    }
}
