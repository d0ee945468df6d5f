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
    /// <summary>Comes before all resources. A run has neither environment.</summary>
    public static void AddPublishing(this IDistributedApplicationBuilder builder, PlatformOptions platform)
    {
        if (builder.ExecutionContext.IsRunMode)
            return;
        if (platform.PublishTo == PublishTarget.Compose)
            builder.AddDockerComposeEnvironment("compose");
        else
            // Aspire's default is emptyDir, which a pod takes with it.
            builder.AddKubernetesEnvironment("kubernetes").WithProperties(kubernetes => (kubernetes.DefaultStorageType, kubernetes.DefaultStorageSize) = ("pvc", "10Gi"));
    }

    /// <summary>Liveness and readiness of our own programs; both are health checks of a run as well.</summary>
    public static IResourceBuilder<ProjectResource> WithProbes(this IResourceBuilder<ProjectResource> program)
    {
#pragma warning disable ASPIREPROBES001 // WithHttpHealthCheck, which is not experimental, makes no probes.
        program.WithHttpProbe(ProbeType.Liveness, "/health/live", timeoutSeconds: 3, failureThreshold: 6)
            // Its own checks give up after three seconds.
            .WithHttpProbe(ProbeType.Readiness, "/health/ready", timeoutSeconds: 4);
#pragma warning restore ASPIREPROBES001
        return program.WithKubernetes(WriteSchemesInCapitals);
    }

    public static IResourceBuilder<ContainerResource> WithLivenessProbe(this IResourceBuilder<ContainerResource> server, string path, string endpointName)
    {
#pragma warning disable ASPIREPROBES001
        server.WithHttpProbe(ProbeType.Liveness, path, endpointName: endpointName);
#pragma warning restore ASPIREPROBES001
        return server.WithKubernetes(WriteSchemesInCapitals);
    }

    /// <summary>Compose starts it again when it ends, as Kubernetes does anyway.</summary>
    public static IResourceBuilder<T> KeepsRunning<T>(this IResourceBuilder<T> resource)
        where T : IComputeResource => resource.Publishes<T, DockerComposeEnvironmentResource>()
            ? resource.PublishAsDockerComposeService((_, service) => service.Restart = "unless-stopped")
            : resource;

    /// <summary>A Job instead of a Deployment, which would run a task again and again. Compose needs nothing: it restarts only what it is told to.</summary>
    public static IResourceBuilder<T> RunsOnce<T>(this IResourceBuilder<T> task)
        where T : IComputeResource => task.WithKubernetes(kubernetes => kubernetes.Workload = Job.InsteadOf(kubernetes));

    /// <summary>An old pod goes before its successor comes: both would want the same volume.</summary>
    public static IResourceBuilder<T> ReplacedNotDoubled<T>(this IResourceBuilder<T> server)
        where T : IComputeResource => server.WithKubernetes(kubernetes =>
            ((Deployment)kubernetes.Workload!).Spec.Strategy = new() { Type = "Recreate", RollingUpdate = null! });

    private static IResourceBuilder<T> WithKubernetes<T>(this IResourceBuilder<T> resource, Action<KubernetesResource> customise)
        where T : IComputeResource => resource.Publishes<T, KubernetesEnvironmentResource>() ? resource.PublishAsKubernetesService(customise) : resource;

    private static bool Publishes<T, TEnvironment>(this IResourceBuilder<T> resource)
        where T : IResource => resource.ApplicationBuilder.Resources.OfType<TEnvironment>().Any();

    // Aspire writes "http" where Kubernetes knows HTTP and HTTPS only.
    private static void WriteSchemesInCapitals(KubernetesResource kubernetes)
    {
        foreach (var container in kubernetes.Workload!.PodTemplate.Spec.Containers)
        {
            foreach (var probe in new[] { container.LivenessProbe, container.ReadinessProbe })
            {
                if (probe?.HttpGet is { } get)
                    get.Scheme = get.Scheme.ToUpperInvariant();
            }
        }
    }
}
