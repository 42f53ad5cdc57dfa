/**
 * Audio separation: a sound that somebody has uploaded, and the stems it is taken apart into. This is what is known of
 * such a job ({@link io.millrace.audio.AudioJob}), and what the beginning of a file says about the sound in it
 * ({@link io.millrace.audio.SoundHeader}).
 */
@NullMarked
package io.millrace.audio;

import org.jspecify.annotations.NullMarked;
