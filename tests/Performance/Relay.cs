using Contracts.Directory;
using Testing;

namespace Performance;

/// <summary>Events per second from the outbox to the broker, confirmed and deleted, ten events to an aggregate.</summary>
internal static class Relay
{
    private const int Events = 50_000;

    public static async Task<IReadOnlyList<Row>> RunAsync()
    {
        await using var host = new InboundSmsHost();
        await host.InitializeAsync();
        var start = TimeProvider.System.GetTimestamp();
        await host.Database.ExecuteAsync($$"""
            insert into outbox (id, type, key, body, acted_by, occurred_at)
            select gen_random_uuid(), '{{typeof(UnitChanged).FullName}}', (n / 10)::text,
              format('{"UnitId":"%s","Code":"A","Name":"Unit","Version":%s}', md5((n / 10)::text)::uuid, n % 10 + 1), 'system', now()
            from generate_series(0, {{Events - 1}}) n
            """);
        await Eventually.TrueAsync(() => host.Database.ScalarAsync<bool>("select not exists (select from outbox)"), seconds: 300);
        return [new("outbox relay, events a second", Row.Number(Events / TimeProvider.System.GetElapsedTime(start).TotalSeconds))];
    }
}
