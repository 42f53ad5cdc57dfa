/** Documents over HTTP: given as a body or by an address, transformed by a job, and fetched in their new form. */
@NullMarked
package io.millrace.api.document;

import org.jspecify.annotations.NullMarked;
