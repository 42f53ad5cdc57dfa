package io.millrace.dispatch;

/**
 * Told to all beans of a service once, by the thread that has laid its {@link Foundation}: from now on PostgreSQL can be asked
 * for what is needed before the service serves. An observer that throws keeps it from serving.
 */
public record FoundationLaid() {}
