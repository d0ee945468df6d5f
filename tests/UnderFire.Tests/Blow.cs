namespace UnderFire.Tests;

/// <summary>Something that goes wrong.</summary>
/// <param name="Aim">Prepares, so that the blow itself falls within the traffic; gives back the blow.</param>
/// <param name="Mend">What brings things back; the rest the platform must do itself.</param>
internal sealed record Blow(Func<Task<Func<Task>>> Aim, Func<Task> Mend)
{
    /// <summary>A broker that is away for longer than a restart.</summary>
    private static readonly TimeSpan BrokerAway = City.IsFullSize ? TimeSpan.FromMinutes(1) : TimeSpan.FromSeconds(5);

    /// <summary>Deaths of an instance of Notification, or of its wires, in one round: each leaves its handovers in flight in doubt.</summary>
    public const int DeathsOfNotification = 2 + 2;

    /// <summary>Every program once alone and once with all others; PostgreSQL and the broker. <paramref name="first"/> and <paramref name="second"/> are instances.</summary>
    public static IEnumerable<Blow> Round(int first, int second) =>
    [
        Kill($"inboundsms-{first}"),
        Kill($"notification-{first}"),
        Kill($"directory-{first}"),
        Kill($"broadcast-{first}"),
        Kill("gateway"),
        new(() => Task.FromResult(() => Supervised.StopAsync("postgres")), () => Supervised.StartAsync("postgres")),
        new(() => Task.FromResult(() => Supervised.StopAsync("rabbitmq")), async () =>
        {
            await Task.Delay(BrokerAway);
            await Supervised.StartAsync("rabbitmq");
        }),
        Kill($"inboundsms-{second}", $"notification-{second}", $"directory-{second}", $"broadcast-{second}", "gateway"),
    ];

    private static Blow Kill(params string[] programs) => new(
        async () =>
        {
            var victims = await Task.WhenAll(programs.Select(Supervised.FindAsync));
            return () => Task.WhenAll(victims.Select(Supervised.KillAsync));
        },
        () => Task.CompletedTask);
}
