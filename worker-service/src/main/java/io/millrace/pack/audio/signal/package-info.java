/**
 * Taking sounds apart, in memory that does not grow with their length. {@link
 * io.millrace.pack.audio.signal.Separation} is the way of a sound through all of it: read in hops, to short-time spectra
 * ({@link io.millrace.pack.audio.signal.Stft}), which are shared out among stems ({@link
 * io.millrace.pack.audio.signal.Masks}), and back.
 */
@NullMarked
package io.millrace.pack.audio.signal;

import org.jspecify.annotations.NullMarked;
