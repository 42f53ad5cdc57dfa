package io.millrace.api.body;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyReader;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;

/**
 * Reads a body up to its limit, whether or not it has said how long it is. What fits
 * {@code quarkus.rest.input-buffer-size} is there already; the rest of a larger one is waited for on another thread.
 */
@Provider
public final class BodyReader implements ServerMessageBodyReader<Body> {

    private final BodyLimits limits;

    BodyReader(BodyLimits limits) {
        this.limits = limits;
    }

    @Override
    public Body readFrom(Class<Body> type, Type genericType, MediaType mediaType, ServerRequestContext context)
            throws IOException {
        String path = context instanceof ResteasyReactiveRequestContext request ? request.getPath() : null;
        return read(context.getInputStream(), limits.at(path));
    }

    private static Body read(InputStream in, long limit) throws IOException {
        // One that has come whole is copied at its own size; readNBytes would take a large buffer for a small body.
        byte[] bytes = in instanceof ByteArrayInputStream whole
                ? whole.readAllBytes()
                : in.readNBytes(Math.toIntExact(limit + 1));
        if (bytes.length > limit) {
            drain(in);
            throw BodyLimits.tooLarge(limit);
        }
        return new Body(bytes);
    }

    private static void drain(InputStream in) throws IOException {
        long left = BodyLimits.DRAINED;
        while (left > 0 && in.read() >= 0) {
            left -= 1 + in.skip(left);
        }
    }

    @Override
    public Body readFrom(
            Class<Body> type,
            Type genericType,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, String> headers,
            InputStream in)
            throws IOException {
        return read(in, limits.at(null));
    }

    @Override
    public boolean isReadable(
            Class<?> type, Type genericType, ResteasyReactiveResourceInfo route, MediaType mediaType) {
        return type == Body.class;
    }

    @Override
    public boolean isReadable(Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
        return type == Body.class;
    }
}
