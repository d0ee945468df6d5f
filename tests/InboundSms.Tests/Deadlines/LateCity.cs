using Contracts.Directory;
using Contracts.Notification;
using InboundSms.Deadlines;
using InboundSms.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.Deadlines;

/// <summary>A city with a Regional Secretary, a secretariat of two, and offices; and the round that tells them who is late.</summary>
public sealed class LateCity : IAsyncLifetime
{
    private static int _last;

    public InboundSmsFixture Service { get; } = new();

    public Guid Sekda { get; } = Guid.CreateVersion7();
    public Guid Chair { get; } = Guid.CreateVersion7();
    public Guid Secretary { get; } = Guid.CreateVersion7();
    private Guid Root { get; } = Guid.CreateVersion7();

    /// <summary>An office whose keyword belongs to a clerk.</summary>
    public sealed record Office(Guid Unit, Guid Position, string Keyword, Guid Head, Guid Clerk);

    public async ValueTask InitializeAsync()
    {
        await Service.InitializeAsync();
        await TellAsync(Root, "PEMKOT", null, []);
        await TellAsync(Guid.CreateVersion7(), "SETDA", Root, [(Guid.CreateVersion7(), "RegionalSecretary", null, Sekda)]);
        foreach (var (official, role) in new[] { (Chair, Roles.Chair), (Secretary, Roles.Secretary), (Guid.CreateVersion7(), Roles.Administrator) })
            await Service.Bus.PublishAsync(new GrantedRolesChanged { OfficialId = official, Roles = [role], Version = 1 });
        await Eventually.TrueAsync(() => Service.Database.ScalarAsync<bool>("select count(*) = 3 from organisation.granted_roles"));
        // Days pass in these tests, and nothing in them is about sign-in.
        await Service.SignIn.PublishAsync(Service.Database, Service.Clock.GetUtcNow().AddDays(100));
        await Service.StartInstanceAsync();
    }

    public ValueTask DisposeAsync() => Service.DisposeAsync();

    public async Task<Office> OfficeAsync()
    {
        var keyword = $"KANTOR{Interlocked.Increment(ref _last)}";
        var office = new Office(Guid.CreateVersion7(), Guid.CreateVersion7(), keyword, Guid.CreateVersion7(), Guid.CreateVersion7());
        await TellAsync(office.Unit, keyword, Root, [(Guid.CreateVersion7(), "HeadOfUnit", null, office.Head), (office.Position, "Staff", keyword, office.Clerk)]);
        return office;
    }

    /// <summary>Every instance tries to have the round of this instant; one of them, or its own timer, has it.</summary>
    public async Task RoundAsync()
    {
        var now = Service.Clock.GetUtcNow();
        await Task.WhenAll(Service.Instances.Select(instance => instance.GetRequiredService<EscalateLate>().RunRoundAsync(CancellationToken.None)));
        await Eventually.TrueAsync(() => Service.Database.ScalarAsync<bool>($"select at = '{now:O}' from escalation_round"));
    }

    public async Task RoundAfterAsync(TimeSpan time)
    {
        Service.Clock.Advance(time);
        await RoundAsync();
    }

    /// <summary>What was decided for the case of a message: stage and outcome, in order.</summary>
    public async Task<string[]> StagesAsync(Guid message) => (await Service.Database.ScalarAsync<string>($"""
        select coalesce(string_agg(e.stage || ' ' || e.outcome, ', ' order by e.at, c.due_at), '') from sms_case c left join escalation e on e.case_id = c.id
        where c.first_message_id = '{message}'
        """)).Split(", ", StringSplitOptions.RemoveEmptyEntries);

    public async Task<IReadOnlyList<NotifyOfficial>> NoticesAsync(Guid official, int count)
    {
        await Eventually.GetAsync(() => Task.FromResult(NoticesSoFar(official).Count), received => received >= count);
        return NoticesSoFar(official);
    }

    /// <summary>Those of the ladder; that there is an emergency is told besides.</summary>
    public IReadOnlyList<NotifyOfficial> NoticesSoFar(Guid official) =>
        [.. Service.Bus.Received<NotifyOfficial>().Where(notice => notice.OfficialId == official && notice.Text.StartsWith("SMS Center: ", StringComparison.Ordinal)).DistinctBy(notice => notice.NoticeId).OrderBy(notice => notice.NoticeId)];

    public Task<long> NumberAsync(Guid message) => Service.Database.ScalarAsync<long>($"select number from sms_case where first_message_id = '{message}'");

    private async Task TellAsync(Guid unit, string code, Guid? above, (Guid Position, string Kind, string? Keyword, Guid Official)[] posts)
    {
        await Service.Bus.PublishAsync(new UnitChanged { UnitId = unit, Code = code, Name = $"Unit {code}", ParentId = above, Version = 1 });
        foreach (var (position, kind, keyword, official) in posts)
        {
            await Service.Bus.PublishAsync(new PositionChanged
            {
                PositionId = position,
                UnitId = unit,
                Code = position.ToString(),
                Title = $"{kind} {code}",
                Kind = kind,
                Keyword = keyword,
                Version = 1,
            });
            await Service.Bus.PublishAsync(new AssignmentChanged
            {
                AssignmentId = Guid.CreateVersion7(),
                OfficialId = official,
                PositionId = position,
                From = Service.Clock.GetUtcNow().AddDays(-1),
                Version = 1,
            });
        }

        await Eventually.TrueAsync(() => Service.Database.ScalarAsync<bool>($"""
            select exists (select from organisation.unit where id = '{unit}') and {posts.Length} =
              (select count(*) from organisation.position p join organisation.assignment a on a.position_id = p.id where p.unit_id = '{unit}')
            """));
    }
}
