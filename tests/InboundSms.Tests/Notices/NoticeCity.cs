using Contracts.Notification;
using InboundSms.Notices;
using InboundSms.Tests.Deadlines;
using InboundSms.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace InboundSms.Tests.Notices;

/// <summary>A city of two instances whose clock goes from one full hour to the next.</summary>
public sealed class NoticeCity : IAsyncLifetime
{
    private static readonly TimeSpan Zone = TimeSpan.FromHours(7);
    private static int _citizen;

    public LateCity City { get; } = new();
    public InboundSmsFixture Service => City.Service;

    /// <summary>What the city's clock shows.</summary>
    public DateTime Local => Service.Clock.GetUtcNow().ToOffset(Zone).DateTime;

    public ValueTask InitializeAsync() => City.InitializeAsync();

    public ValueTask DisposeAsync() => City.DisposeAsync();

    public Task<LateCity.Office> OfficeAsync() => City.OfficeAsync();

    public static string Citizen() => $"+628137{Interlocked.Increment(ref _citizen):0000000}";

    public Task<Guid> SendAsync(LateCity.Office office, string? from = null) => Service.SendAndRouteAsync($"{office.Keyword} keluhan warga", from ?? Citizen());

    /// <summary>Every instance looks at the same moment; one of them has the round.</summary>
    public Task RoundAsync() => Task.WhenAll(
        from instance in Service.Instances from kind in Enum.GetValues<NoticeKind>() select instance.GetRequiredService<TellNotices>().RunRoundAsync(kind, CancellationToken.None));

    /// <summary>A minute behind so many full hours later, without a round in between.</summary>
    public async Task AfterHoursAsync(int hours)
    {
        SetLocal(Local.Date.AddHours(Local.Hour + hours).AddMinutes(1));
        await RoundAsync();
    }

    /// <summary>A minute behind the next time at which the city's clock shows this, with each round in between.</summary>
    public async Task UntilAsync(int hour)
    {
        do
            await AfterHoursAsync(1);
        while (Local.Hour != hour);
    }

    public void SetLocal(DateTime local) => Service.Clock.Advance(new DateTimeOffset(local, Zone) - Service.Clock.GetUtcNow());

    public async Task ChooseAsync(Guid official, bool hourly = true, string? dailyAt = null, string? quietFrom = null, string? quietTo = null, long version = 1)
    {
        await Service.Bus.PublishAsync(new NoticePreferencesChanged
        {
            OfficialId = official,
            HourlyNotices = hourly,
            DailyAt = dailyAt,
            QuietFrom = quietFrom,
            QuietTo = quietTo,
            Version = version,
        });
        await Eventually.TrueAsync(() => Service.Database.ScalarAsync<bool>($"select exists (select from notice_preference where official_id = '{official}' and version >= {version})"));
    }

    /// <summary>What an official was told, in order; all that was ordered until now has arrived.</summary>
    public async Task<IReadOnlyList<NotifyOfficial>> ToldAsync(Guid official)
    {
        await Eventually.TrueAsync(() => Service.Database.ScalarAsync<bool>("select not exists (select from outbox where type like '%NotifyOfficial')"));
        var windows = await Service.Database.ScalarAsync<long>($"select count(*) from notice_window where official_id = '{official}'");
        await Eventually.GetAsync(() => Task.FromResult(Received(official).Count), count => count >= windows);
        var told = Received(official);
        told.Count.ShouldBe((int)windows);
        return told;
    }

    private List<NotifyOfficial> Received(Guid official) =>
        [.. Service.Bus.Received<NotifyOfficial>().Where(notice => notice.OfficialId == official && notice.MayWait).DistinctBy(notice => notice.NoticeId).OrderBy(notice => notice.ExpiresAt)];
}
