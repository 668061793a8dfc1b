package io.mesocosm.coordination;

/** What a transaction does to the node of one record. */
sealed interface NodeChange {
  String path();

  /** Gives it content, making it and the folders above it if need be. */
  record Fill(String path, byte[] stored) implements NodeChange {}

  /** Makes it, and the folders above it, without content, if it is not there. */
  record Make(String path) implements NodeChange {}

  /** Removes it and all that is below it, if it is there. */
  record Remove(String path) implements NodeChange {}
}
