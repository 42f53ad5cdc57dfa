package io.millrace.api.dashboard;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.net.URI;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Where a job's trace can be looked at; null where nobody has said where traces are. */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "TraceLink")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record TraceLink(@Nullable URI url) {}
