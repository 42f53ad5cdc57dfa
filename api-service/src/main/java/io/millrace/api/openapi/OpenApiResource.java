package io.millrace.api.openapi;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * The OpenAPI 3.1 document of every route. It is made of the resources by {@code make docs}, lies in {@code docs/openapi.json}
 * where a change of it is reviewed, and is served as it is: to make it whenever a service starts took a fifth of the start.
 */
@Path("/q/openapi")
public class OpenApiResource {

    private static final String DOCUMENT = "/openapi.json";

    /** The document. Whoever asks for YAML gets the same: JSON is YAML (YAML 1.2.2, section 1.3). */
    @GET
    @RunOnVirtualThread
    @Produces({MediaType.APPLICATION_JSON, "application/yaml", "text/yaml"})
    @Operation(hidden = true)
    public byte[] document() {
        try (InputStream document = OpenApiResource.class.getResourceAsStream(DOCUMENT)) {
            if (document == null) {
                throw new IllegalStateException(DOCUMENT + " is missing in this build");
            }
            return document.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
