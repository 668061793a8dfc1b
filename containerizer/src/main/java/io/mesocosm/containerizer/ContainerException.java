package io.mesocosm.containerizer;

/**
 * The engine refused or failed. The message is for the task's owner: it names the image, path or
 * limit in question.
 */
public final class ContainerException extends Exception {
  public ContainerException(String message) {
    super(message);
  }

  public ContainerException(String message, Throwable cause) {
    super(message, cause);
  }
}
