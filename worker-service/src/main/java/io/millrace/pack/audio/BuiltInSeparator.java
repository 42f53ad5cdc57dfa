package io.millrace.pack.audio;

import io.millrace.audio.BadSound;
import io.millrace.audio.SoundHeader;
import io.millrace.pack.audio.signal.Separation;
import io.millrace.pack.audio.signal.SoundReader;
import io.millrace.pack.audio.signal.Tuning;
import io.millrace.pack.audio.signal.WavWriter;
import io.millrace.worker.task.TaskContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The pipeline that comes with Millrace: {@link Separation}, from file to files. */
final class BuiltInSeparator implements Separator {

    private final Tuning tuning;
    private final Duration longest;

    BuiltInSeparator(Tuning tuning, Duration longest) {
        this.tuning = tuning;
        this.longest = longest;
    }

    @Override
    public List<Made> separate(Path sound, Path folder, TaskContext context)
            throws IOException, BadSound, SeparationFailed {
        try (SoundReader reader = SoundReader.open(sound)) {
            SoundHeader header = reader.header();
            long most = Math.min(longest.toSeconds() * header.sampleRate(), WavWriter.mostFrames(header.channels()));
            if (header.frames() > most) {
                throw tooLong(header, most);
            }
            var made = new ArrayList<Made>();
            var writers = new ArrayList<WavWriter>();
            try {
                for (String stem : Separation.stems(tuning, header.channels())) {
                    Path file = folder.resolve(stem + ".wav");
                    writers.add(new WavWriter(file, header.channels(), header.sampleRate()));
                    made.add(new Made(stem, file));
                }
                run(reader, writers, most, context);
            } finally {
                for (WavWriter writer : writers) {
                    writer.close();
                }
            }
            return made;
        }
    }

    private void run(SoundReader reader, List<WavWriter> writers, long most, TaskContext context)
            throws IOException, BadSound, SeparationFailed {
        SoundHeader header = reader.header();
        var separation = new Separation(
                reader,
                tuning,
                writers.stream().map(writer -> (Separation.Sink) writer::write).toList());
        // A file that does not say how long it is may go on for ever.
        var separated = new Separation.Listener() {
            private boolean tooLong;

            @Override
            public boolean separated(long frames) {
                context.checkpoint();
                tooLong = frames > most;
                long total = header.frames() < 0 ? frames + 1 : header.frames();
                context.progress(frames, Math.max(frames, total), "separating", frames / header.sampleRate() + " s");
                return !tooLong;
            }
        };
        separation.run(separated);
        if (separated.tooLong) {
            throw tooLong(header, most);
        }
    }

    private static SeparationFailed tooLong(SoundHeader header, long most) {
        return new SeparationFailed(String.format(
                Locale.ROOT,
                "The sound is longer than %d s: no longer ones of %d channels at %d samples a second are separated.",
                most / header.sampleRate(),
                header.channels(),
                header.sampleRate()));
    }
}
