package io.millrace.worker.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes so many bytes of an answer and no more, so that no answer fills the memory: an answer that is too long is refused
 * as soon as it is. Of one that is an error only the beginning is of interest, so that is kept and the rest not read.
 */
final class BoundedBody implements BodySubscriber<byte[]> {

    /** The answer has more bytes than its caller takes. */
    static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1L;

        TooLarge(long most) {
            super("the answer has more than " + most + " bytes");
        }
    }

    private static final int OF_AN_ERROR = 1_024;

    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final int most;
    private final boolean cuts;
    private final Consumer<byte[]> heard;
    private Flow.@Nullable Subscription subscription;

    private BoundedBody(int most, boolean cuts, Consumer<byte[]> heard) {
        this.most = most;
        this.cuts = cuts;
        this.heard = heard;
    }

    /**
     * @param most bytes of an answer that is no error
     * @param heard is told each part of such an answer as it comes, one after the other
     */
    static BodyHandler<byte[]> handler(int most, Consumer<byte[]> heard) {
        return answer -> answer.statusCode() < 400
                ? new BoundedBody(most, false, heard)
                : new BoundedBody(OF_AN_ERROR, true, _ -> {});
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription begun) {
        subscription = begun;
        begun.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            int room = most - bytes.size();
            if (buffer.remaining() > room && !cuts) {
                end(new TooLarge(most));
                return;
            }
            byte[] part = new byte[Math.min(room, buffer.remaining())];
            buffer.get(part);
            bytes.writeBytes(part);
            heard.accept(part);
        }
        if (cuts && bytes.size() == most) {
            end(null);
        }
    }

    private void end(@Nullable TooLarge why) {
        if (subscription != null) {
            subscription.cancel();
        }
        if (why == null) {
            onComplete();
        } else {
            onError(why);
        }
    }

    @Override
    public void onError(Throwable failure) {
        body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        body.complete(bytes.toByteArray());
    }
}
