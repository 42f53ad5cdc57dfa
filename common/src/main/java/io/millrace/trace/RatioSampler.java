package io.millrace.trace;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;

/**
 * Decides by the last 56 bits of a trace id, which W3C Trace Context level 2 calls random. The sampler that comes with the
 * SDK looks at 64, and in UUIDs, which many take for trace ids, the first two of them are always the same.
 *
 * @param bound trace ids whose bits are below it are recorded
 */
record RatioSampler(long bound) implements Sampler {

    private static final int BITS = 56;
    private static final int DIGITS = BITS / 4;

    /** @throws IllegalArgumentException if the share is not from 0 to 1 */
    static RatioSampler of(double ratio) {
        if (!(ratio >= 0 && ratio <= 1)) {
            throw new IllegalArgumentException("millrace.tracing.ratio must be from 0 to 1, not " + ratio);
        }
        return new RatioSampler((long) (ratio * (1L << BITS)));
    }

    boolean samples(String traceId) {
        return Long.parseLong(traceId, traceId.length() - DIGITS, traceId.length(), 16) < bound;
    }

    @Override
    public SamplingResult shouldSample(
            Context parent, String traceId, String name, SpanKind kind, Attributes attributes, List<LinkData> links) {
        return samples(traceId) ? SamplingResult.recordAndSample() : SamplingResult.drop();
    }

    @Override
    public String getDescription() {
        return "RatioSampler{" + bound + "}";
    }
}
