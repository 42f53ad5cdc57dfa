package io.millrace.api.body;

/** A request's whole body, within its limit. */
@SuppressWarnings("ArrayRecordComponent") // Never compared: it is only carried from its reader to its route.
public record Body(byte[] bytes) {}
