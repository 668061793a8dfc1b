import java.lang.management.ManagementFactory;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.sls.SLSRunner;

/**
 * Runs YARN's scheduler load simulator and prints, ten times a second, the milliseconds since its
 * start and how many containers its resource manager has allocated. Run from its source, on the
 * class path that pom.xml here describes; the simulator ends the process. Its own main is not used:
 * in 3.4.2 that one hands its resource manager a configuration without any defaults.
 */
final class Peer {
  private Peer() {}

  public static void main(String[] args) throws Exception {
    Thread sampler = new Thread(Peer::sample, "sampler");
    sampler.setDaemon(true);
    sampler.start();
    new SLSRunner(new YarnConfiguration()).run(args);
  }

  private static void sample() {
    long begin = System.nanoTime();
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    try {
      ObjectName root = new ObjectName("Hadoop:service=ResourceManager,name=QueueMetrics,q0=root");
      while (true) {
        Thread.sleep(100);
        try {
          Object allocated = beans.getAttribute(root, "AggregateContainersAllocated");
          System.out.println("sample " + (System.nanoTime() - begin) / 1_000_000 + " " + allocated);
        } catch (InstanceNotFoundException e) {
          continue; // the resource manager is starting
        }
      }
    } catch (JMException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
