package io.millrace.pack.audio.signal;

import io.millrace.audio.SoundHeader;

/** A sound in memory, and stems that are gathered there. */
final class Memory {

    private Memory() {}

    static SoundReader sound(float[][] samples, int sampleRate) {
        var header =
                new SoundHeader(SoundHeader.Format.WAV, sampleRate, samples.length, 32, true, samples[0].length, 0, 0);
        return new SoundReader() {
            private int at;

            @Override
            public SoundHeader header() {
                return header;
            }

            @Override
            public int read(float[][] into, int from, int count) {
                int read = Math.min(count, samples[0].length - at);
                for (int channel = 0; channel < samples.length; channel++) {
                    System.arraycopy(samples[channel], at, into[channel], from, read);
                }
                at += read;
                return read;
            }

            @Override
            public void close() {}
        };
    }

    /** Takes what is written, up to a length that is known. */
    static final class Gathered implements Separation.Sink {
        final float[][] samples;
        int count;

        Gathered(int channels, int length) {
            samples = new float[channels][length];
        }

        @Override
        public void write(float[][] hop, int from, int length) {
            for (int channel = 0; channel < samples.length; channel++) {
                System.arraycopy(hop[channel], from, samples[channel], count, length);
            }
            count += length;
        }
    }
}
