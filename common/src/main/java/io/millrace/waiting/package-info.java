/**
 * Why a job is not running: what there is to know about it at one moment, and what follows from that for whoever asks.
 * Plain Java.
 */
@NullMarked
package io.millrace.waiting;

import org.jspecify.annotations.NullMarked;
