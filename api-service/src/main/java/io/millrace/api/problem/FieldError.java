package io.millrace.api.problem;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * What is wrong with one field of a request.
 *
 * @param field its path, such as {@code args.pipeline_id} or {@code tags[2]}
 */
@RegisterForReflection(registerFullHierarchy = true)
public record FieldError(String field, String message) {}
