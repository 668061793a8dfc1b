package io.mesocosm.containerizer.docker;

/** Names of images as Docker reads them: {@code [registry[:port]/]name[:tag|@digest]}. */
final class ImageName {
  private ImageName() {}

  /** Untagged means {@code :latest} (contract D3), to be told from all tags at once. */
  static String withTag(String image) {
    boolean named = image.substring(image.lastIndexOf('/') + 1).contains(":");
    return named || image.contains("@") ? image : image + ":latest";
  }
}
