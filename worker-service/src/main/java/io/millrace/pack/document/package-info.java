/**
 * Documents are transformed. Whatever one is, it becomes a tree of blocks as Markdown has them, and that is written as
 * text, Markdown or HTML: so each format is read in one way and written in one way, and what is written as HTML has
 * nothing in it that could act. Strangers have written what is read here; it runs in a process of its own.
 */
@NullMarked
package io.millrace.pack.document;

import org.jspecify.annotations.NullMarked;
