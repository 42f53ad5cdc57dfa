package io.millrace.storage;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/**
 * Files in a bucket of an S3-compatible server: three kinds of requests by the JDK's client, signed by AWS's own signer
 * (Signature Version 4). Addresses have the bucket in their path, which every such server understands.
 */
public final class S3Storage implements Storage {

    /** Headers that the client sets itself, and that a caller must not. */
    private static final Set<String> SET_BY_CLIENT = Set.of("host", "content-length", "connection", "expect");

    private static final int ERROR_BYTES = 2_000;

    private final HttpClient http;
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
    private final AwsCredentialsIdentity credentials;
    private final URI bucket;
    private final String region;
    private final Duration timeout;

    /** @throws IllegalArgumentException if the bucket or the credentials are not named */
    public S3Storage(StorageConfig.S3 config) {
        String name = config.bucket().orElseThrow(() -> missing("bucket"));
        String accessKey = config.accessKey().orElseThrow(() -> missing("access-key"));
        String secretKey = config.secretKey().orElseThrow(() -> missing("secret-key"));
        this.region = config.region();
        URI endpoint =
                config.endpoint().orElseGet(() -> URI.create("https://s3." + config.region() + ".amazonaws.com"));
        this.bucket = URI.create(endpoint.toString().replaceFirst("/+$", "") + "/" + name + "/"
                + config.prefix().orElse(""));
        this.credentials = config.sessionToken()
                .<AwsCredentialsIdentity>map(token -> AwsSessionCredentialsIdentity.create(accessKey, secretKey, token))
                .orElseGet(() -> AwsCredentialsIdentity.create(accessKey, secretKey));
        this.timeout = config.timeout();
        this.http = HttpClient.newBuilder()
                .connectTimeout(config.connectTimeout())
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    private static IllegalArgumentException missing(String what) {
        return new IllegalArgumentException(
                "files are to be kept in a bucket: millrace.storage.s3." + what + " is missing");
    }

    @Override
    public void put(String key, Path file) throws IOException {
        drained(send(signed(SdkHttpMethod.PUT, key, null, file), BodyHandlers.ofInputStream()), key);
    }

    @Override
    public InputStream open(String key, long from, long length) throws IOException {
        String range = "bytes=" + from + "-" + (from + length - 1);
        HttpResponse<InputStream> answer =
                send(signed(SdkHttpMethod.GET, key, range, null), BodyHandlers.ofInputStream());
        if (answer.statusCode() / 100 != 2) {
            drained(answer, key);
        }
        return answer.body();
    }

    @Override
    public void fetch(String key, Path to) throws IOException {
        // What is no file is an answer about it, short and in words.
        HttpResponse<Path> answer = send(
                signed(SdkHttpMethod.GET, key, null, null), BodyHandlers.ofFile(to, CREATE, WRITE, TRUNCATE_EXISTING));
        if (answer.statusCode() / 100 != 2) {
            try (InputStream said = Files.newInputStream(to)) {
                throw failure(answer.statusCode(), key, said);
            } finally {
                Files.deleteIfExists(to);
            }
        }
    }

    @Override
    public void delete(String key) throws IOException {
        HttpResponse<InputStream> answer =
                send(signed(SdkHttpMethod.DELETE, key, null, null), BodyHandlers.ofInputStream());
        if (answer.statusCode() == 404) {
            answer.body().close();
        } else {
            drained(answer, key);
        }
    }

    private static void drained(HttpResponse<InputStream> answer, String key) throws IOException {
        try (InputStream said = answer.body()) {
            if (answer.statusCode() / 100 != 2) {
                throw failure(answer.statusCode(), key, said);
            }
        }
    }

    private static IOException failure(int status, String key, InputStream said) throws IOException {
        if (status == 404) {
            return new NoSuchFileException(key);
        }
        String words = new String(said.readNBytes(ERROR_BYTES), StandardCharsets.UTF_8).replaceAll("\\s+", " ");
        return new IOException("the storage answered " + status + " for " + key + ": " + words);
    }

    private HttpRequest signed(SdkHttpMethod method, String key, @Nullable String range, @Nullable Path file)
            throws IOException {
        URI address = bucket.resolve(key);
        var wanted = SdkHttpRequest.builder().method(method).uri(address);
        if (range != null) {
            wanted.putHeader("Range", range);
        }
        // The signer hashes what is sent unless TLS guards it.
        SdkHttpRequest signed = signer.sign(request -> request.identity(credentials)
                        .request(wanted.build())
                        .payload(file == null ? null : () -> read(file))
                        .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, "s3")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                        .putProperty(AwsV4FamilyHttpSigner.DOUBLE_URL_ENCODE, false)
                        .putProperty(AwsV4FamilyHttpSigner.NORMALIZE_PATH, false)
                        .putProperty(AwsV4FamilyHttpSigner.PAYLOAD_SIGNING_ENABLED, false))
                .request();
        BodyPublisher body = file == null ? BodyPublishers.noBody() : BodyPublishers.ofFile(file);
        var request = HttpRequest.newBuilder(address).method(method.name(), body);
        signed.forEachHeader((name, values) -> {
            if (!SET_BY_CLIENT.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        return request.build();
    }

    /** The limit of a request of the JDK's client ends with the headers; this one does not, where a body is waited for. */
    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) throws IOException {
        CompletableFuture<HttpResponse<T>> answer = http.sendAsync(request, handler);
        try {
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("the storage did not answer within " + timeout, e);
        } catch (ExecutionException e) {
            throw new IOException("the storage cannot be reached: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the storage was asked");
        } finally {
            answer.cancel(true);
        }
    }

    private static InputStream read(Path file) {
        try {
            return Files.newInputStream(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
