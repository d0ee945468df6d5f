using Aspire.Hosting.Docker;
using Aspire.Hosting.Kubernetes;
using Aspire.Hosting.Kubernetes.Resources;

namespace AppHost;

/// <summary>
/// <c>aspire publish</c>: Docker Compose or a Helm chart (<c>Platform:PublishTo</c>). Each customisation is made only where its environment is in the model:
/// Aspire refuses one without.
/// </summary>
internal static class Publishing
{
    private const int DashboardPort = 18888;

    /// <summary>Comes before all resources. A run has neither environment.</summary>
    public static void AddPublishing(this IDistributedApplicationBuilder builder, PlatformOptions platform)
    {
        if (builder.ExecutionContext.IsRunMode)
            return;
        if (platform.PublishTo == PublishTarget.Compose)
            builder.AddDockerComposeEnvironment("compose").WithDashboard(dashboard => dashboard.WithHostPort(DashboardPort));
        else
            // Aspire's default is emptyDir, which a pod takes with it.
            builder.AddKubernetesEnvironment("kubernetes").WithProperties(kubernetes => (kubernetes.DefaultStorageType, kubernetes.DefaultStorageSize) = ("pvc", "10Gi"));
    }

    /// <summary>
    /// Published, a volume has a name of its own: Aspire's holds a hash of the publishing machine's folder, and data would be left behind by whoever publishes
    /// from another one. Null leaves the name to Aspire.
    /// </summary>
    public static string? VolumeName(this IDistributedApplicationBuilder builder, string name) => builder.ExecutionContext.IsPublishMode ? "platform-" + name : null;

    /// <summary>
    /// What InboundSms's database does not take in time outlives the container: a volume at the home folder, the one that .NET's images give to the user that they run as.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithSpool(this IResourceBuilder<ProjectResource> service)
    {
        const string Home = "/home/app";
        const long App = 1654;
        var builder = service.ApplicationBuilder;
        var folder = builder.ExecutionContext.IsRunMode ? Path.Combine(builder.AppHostDirectory, "..", "artifacts", "spool") : $"{Home}/spool";
        if (builder.ExecutionContext.IsPublishMode)
            service.WithAnnotation(new ContainerMountAnnotation(builder.VolumeName("inboundsms"), Home, ContainerMountType.Volume, isReadOnly: false))
                .WithKubernetes(kubernetes => kubernetes.Workload!.PodTemplate.Spec.SecurityContext = new() { FsGroup = App });
        return service.WithEnvironment("Receiving__SpoolFolder", folder);
    }

    /// <summary>Liveness and readiness of our own programs; both are health checks of a run as well.</summary>
    public static IResourceBuilder<ProjectResource> WithProbes(this IResourceBuilder<ProjectResource> program) =>
#pragma warning disable ASPIREPROBES001 // WithHttpHealthCheck, which is not experimental, makes no probes.
        program.WithHttpProbe(ProbeType.Liveness, "/health/live", timeoutSeconds: 3, failureThreshold: 6)
            // Its own checks give up after three seconds.
            .WithHttpProbe(ProbeType.Readiness, "/health/ready", timeoutSeconds: 4);
#pragma warning restore ASPIREPROBES001

    public static IResourceBuilder<ContainerResource> WithLivenessProbe(this IResourceBuilder<ContainerResource> server, string path, string endpointName) =>
#pragma warning disable ASPIREPROBES001
        server.WithHttpProbe(ProbeType.Liveness, path, endpointName: endpointName).WithKubernetes(HelmChart.WriteSchemesInCapitals);
#pragma warning restore ASPIREPROBES001

    /// <summary>
    /// By the server's own client: Aspire's probes are all HTTP. A server that comes up after a crash reads its log first, for minutes, and says that it refuses
    /// connections: it is alive, or it would be killed before it ever is ready.
    /// </summary>
    public static IResourceBuilder<PostgresServerResource> WithProbes(this IResourceBuilder<PostgresServerResource> server) => server.WithKubernetes(kubernetes =>
    {
        // By TCP only: while the image makes the cluster, its temporary server has no port yet.
        const string Ask = "pg_isready --quiet --host=127.0.0.1 --username=postgres";
        var container = kubernetes.Workload!.PodTemplate.Spec.Containers.Single();
        container.StartupProbe = HelmChart.Probe([.. Shell, $"{Ask}; test $? -le 1"], periodSeconds: 5, failureThreshold: 60);
        container.LivenessProbe = HelmChart.Probe([.. Shell, $"{Ask}; test $? -le 1"], periodSeconds: 10, failureThreshold: 6);
        container.ReadinessProbe = HelmChart.Probe([.. Shell, Ask], periodSeconds: 5, failureThreshold: 3);
    });

    /// <summary>
    /// <c>ping</c> asks whether the runtime answers, as in a long start too; ready is who listens, the last step of a start. The client is a runtime of its own and takes
    /// seconds, hence the long periods.
    /// </summary>
    public static IResourceBuilder<RabbitMQServerResource> WithProbes(this IResourceBuilder<RabbitMQServerResource> broker) => broker.WithKubernetes(kubernetes =>
    {
        var container = kubernetes.Workload!.PodTemplate.Spec.Containers.Single();
        container.StartupProbe = HelmChart.Probe([.. Shell, "rabbitmq-diagnostics --quiet ping"], periodSeconds: 15, failureThreshold: 20);
        container.LivenessProbe = HelmChart.Probe([.. Shell, "rabbitmq-diagnostics --quiet ping"], periodSeconds: 60, failureThreshold: 3);
        container.ReadinessProbe = HelmChart.Probe([.. Shell, "rabbitmq-diagnostics --quiet check_port_listener 5672"], periodSeconds: 30, failureThreshold: 3);
    });

    private static readonly string[] Shell = ["sh", "-c"];

    /// <summary>Compose starts it again when it ends, as Kubernetes does anyway.</summary>
    public static IResourceBuilder<T> KeepsRunning<T>(this IResourceBuilder<T> resource)
        where T : IComputeResource => resource.PublishesTo<T, DockerComposeEnvironmentResource>()
            ? resource.PublishAsDockerComposeService((_, service) => service.Restart = "unless-stopped")
            : resource;

    /// <summary>A Job instead of a Deployment, which would run a task again and again. Compose needs nothing: it restarts only what it is told to.</summary>
    public static IResourceBuilder<T> RunsOnce<T>(this IResourceBuilder<T> task)
        where T : IComputeResource => task.WithKubernetes(kubernetes => kubernetes.Workload = Job.InsteadOf(kubernetes));

    /// <summary>An old pod goes before its successor comes: both would want the same volume.</summary>
    public static IResourceBuilder<T> ReplacedNotDoubled<T>(this IResourceBuilder<T> server)
        where T : IComputeResource => server.WithKubernetes(kubernetes =>
            ((Deployment)kubernetes.Workload!).Spec.Strategy = new() { Type = "Recreate", RollingUpdate = null! });

    public static IResourceBuilder<T> WithKubernetes<T>(this IResourceBuilder<T> resource, Action<KubernetesResource> customise)
        where T : IComputeResource => resource.PublishesTo<T, KubernetesEnvironmentResource>() ? resource.PublishAsKubernetesService(customise) : resource;

    private static bool PublishesTo<T, TEnvironment>(this IResourceBuilder<T> resource)
        where T : IResource => resource.ApplicationBuilder.Resources.OfType<TEnvironment>().Any();
}
