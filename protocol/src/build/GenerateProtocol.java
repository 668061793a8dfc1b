import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Build step, run by the JDK's source launcher: reads the message descriptors out of the published Mesos jar, whose
 * field numbers and names are our contract, and has protoc generate classes of the same names for the protobuf runtime
 * that we use. The jar's own classes work too, but warn twice a class and parse more slowly.
 *
 * <p>Arguments: protoc executable, folder of our own .proto files, output folder.
 */
final class GenerateProtocol {
  private static final List<String> ROOTS =
      List.of(
          "org.apache.mesos.v1.scheduler.Protos",
          "org.apache.mesos.v1.executor.Protos",
          "org.apache.mesos.v1.agent.Protos",
          "org.apache.mesos.v1.master.Protos");

  public static void main(String[] args) throws Exception {
    Path protoc = Path.of(args[0]);
    Path ownProtos = Path.of(args[1]);
    Path output = Path.of(args[2]);

    Map<String, FileDescriptorProto> files = new LinkedHashMap<>();
    for (String root : ROOTS) {
      collect((FileDescriptor) Class.forName(root).getMethod("getDescriptor").invoke(null), files);
    }
    Files.createDirectories(output);
    Path descriptors = output.resolveSibling("mesos-descriptors.bin");
    Files.write(descriptors, FileDescriptorSet.newBuilder().addAllFile(files.values()).build().toByteArray());
    protoc.toFile().setExecutable(true);

    List<String> mesosFiles = files.keySet().stream().filter(name -> !name.startsWith("google/")).toList();
    // Two runs: protoc takes sources either from a descriptor set or from .proto files.
    List<String> first = new ArrayList<>(List.of(protoc.toString(), "--java_out=" + output));
    first.add("--descriptor_set_in=" + descriptors);
    first.addAll(mesosFiles);
    run(first);

    Path ownDescriptors = output.resolveSibling("own-descriptors.bin");
    List<String> own;
    try (var listing = Files.list(ownProtos)) {
      own = listing.map(path -> path.getFileName().toString()).filter(name -> name.endsWith(".proto")).sorted().toList();
    }
    List<String> second =
        new ArrayList<>(
            List.of(
                protoc.toString(),
                "--java_out=" + output,
                "--proto_path=" + ownProtos,
                "--descriptor_set_in=" + descriptors));
    second.addAll(own);
    run(second);
    if (Files.exists(ownDescriptors)) {
      Files.delete(ownDescriptors);
    }
  }

  private static void collect(FileDescriptor file, Map<String, FileDescriptorProto> into) {
    if (into.containsKey(file.getName())) {
      return;
    }
    for (FileDescriptor dependency : file.getDependencies()) {
      collect(dependency, into);
    }
    into.put(file.getName(), file.toProto());
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    int status = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (status != 0) {
      throw new IOException("protoc exited with status " + status + ": " + String.join(" ", command));
    }
  }
}
