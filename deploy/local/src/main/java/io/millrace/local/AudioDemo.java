package io.millrace.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.function.Consumer;

/** A sound of chords and drums that is made here, uploaded, and separated into stems. */
final class AudioDemo {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);
    private static final String JOBS = "/api/v1/audio/jobs";
    private static final String BOUNDARY = "millrace-demo";
    private static final int RATE = 22_050;
    private static final int SECONDS = 5;

    private final DemoApi api;
    private final Consumer<String> says;

    AudioDemo(String apiUrl, Consumer<String> says) {
        this.api = new DemoApi(apiUrl);
        this.says = says;
    }

    /**
     * Runs the demo, a minute at most.
     *
     * @throws LocalFailure if the sound was not accepted, or not separated in time
     */
    void run() {
        JsonNode accepted = api.send(HttpRequest.newBuilder(URI.create(api.address(JOBS)))
                .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(HttpRequest.BodyPublishers.ofByteArray(form(wav()))));
        says.accept("\nAudio separation: " + SECONDS + " s of chords and drums, uploaded to " + api.address(JOBS));
        Instant start = Instant.now();
        JsonNode job = accepted;
        while (!ended(job)) {
            if (Duration.between(start, Instant.now()).compareTo(LIMIT) > 0) {
                throw new LocalFailure("The sound is not separated after " + LIMIT.toSeconds() + " s: " + job);
            }
            DemoApi.pause(LOOK_AGAIN);
            job = api.get(JOBS + "/" + accepted.path("job_id").asText());
        }
        if (!job.path("status").asText().equals("completed")) {
            throw new LocalFailure(
                    "The sound was not separated: " + job.path("error").asText());
        }
        says.accept("  %5.1f s   completed"
                .formatted(Duration.between(start, Instant.now()).toMillis() / 1_000.0));
        for (JsonNode stem : job.path("stems")) {
            says.accept("  %-10s %s"
                    .formatted(
                            stem.path("name").asText(),
                            api.address(stem.path("url").asText())));
        }
    }

    private static boolean ended(JsonNode job) {
        String status = job.path("status").asText();
        return status.equals("completed") || status.equals("failed");
    }

    private static byte[] form(byte[] file) {
        var form = new ByteArrayOutputStream();
        form.writeBytes(
                ("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"demo.wav\"\r\n"
                                + "Content-Type: audio/wav\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        form.writeBytes(file);
        form.writeBytes(("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII));
        return form.toByteArray();
    }

    /** Chords on the left and on the right, and drums in the middle, of 16 bits. */
    private static byte[] wav() {
        int frames = RATE * SECONDS;
        var file = ByteBuffer.allocate(44 + frames * 4).order(ByteOrder.LITTLE_ENDIAN);
        file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + frames * 4);
        file.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII))
                .putInt(16)
                .putShort((short) 1)
                .putShort((short) 2);
        file.putInt(RATE).putInt(RATE * 4).putShort((short) 4).putShort((short) 16);
        file.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(frames * 4);
        var random = new Random(1);
        for (int i = 0; i < frames; i++) {
            double time = (double) i / RATE;
            double stroke = 0.4 * Math.exp(-(time % 0.5) / 0.03) * (2 * random.nextDouble() - 1);
            file.putShort(sample(chord(time, 220) + stroke)).putShort(sample(chord(time, 330) + stroke));
        }
        return file.array();
    }

    private static double chord(double time, double root) {
        double sound = 0;
        for (double step : new double[] {1, 1.25, 1.5, 2}) {
            sound += 0.1 * Math.sin(2 * Math.PI * root * step * time);
        }
        return sound;
    }

    private static short sample(double value) {
        return (short) Math.round(Math.clamp(value, -1, 1) * Short.MAX_VALUE);
    }
}
