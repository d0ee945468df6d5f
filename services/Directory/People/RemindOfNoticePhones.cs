using System.Globalization;
using Contracts.Directory;
using Contracts.Notification;
using Directory.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;

namespace Directory.People;

/// <summary>
/// Once a day, owners whose number nobody has said to be right for a year are asked to prove it again, and the administrators hear how many there are. A number of owners a day: an
/// import makes all numbers of a city equally old, and its telephones are not to ring at once. Each is asked again after a month.
/// </summary>
internal sealed partial class RemindOfNoticePhones(IServiceScopeFactory scopes, CityTime city, TimeProvider clock, ILogger<RemindOfNoticePhones> log) : BackgroundService
{
    private const int MostADay = 200;
    private static readonly TimeSpan Again = TimeSpan.FromDays(30);
    private static readonly TimeSpan Validity = TimeSpan.FromDays(3);

    internal static void Add(IServiceCollection services) =>
        services.AddSingleton<RemindOfNoticePhones>().AddHostedService(provider => provider.GetRequiredService<RemindOfNoticePhones>());

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(TimeSpan.FromMinutes(10), clock, log, RemindAsync, stoppingToken);

    public async Task RemindAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (db, now) = (scope.ServiceProvider.GetRequiredService<DirectoryDb>(), clock.GetUtcNow().InMicroseconds);
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        // Of several instances one tells, and the others see that it has.
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtext('notice_phone_reminder'))", stop);
        var (today, lately) = (city.StartOf(DateOnly.FromDateTime(city.Local(now).DateTime)), now - Again);
        if (await db.NoticePhoneReminders.AnyAsync(reminder => reminder.ToldAt >= today, stop))
            return;
        var due = ListDueNoticePhones.Of(db, now);
        var owners = await due.Where(due => !db.NoticePhoneReminders.Any(reminder => reminder.OfficialId == due.Official.Id && reminder.ToldAt > lately))
            .OrderBy(due => due.RightAt).ThenBy(due => due.Official.Id).Select(due => due.Official.Id).Take(MostADay).ToListAsync(stop);
        if (owners.Count == 0)
            return;

        await db.Database.ExecuteSqlAsync($"""
            insert into notice_phone_reminder (official_id, told_at) select owner, {now} from unnest({owners}) as owner
            on conflict (official_id) do update set told_at = excluded.told_at
            """, stop);
        foreach (var owner in owners)
        {
            var notice = Guid.CreateVersion7(now);
            db.Publish(notice, Outbox.System, new NotifyOfficial
            {
                NoticeId = notice,
                OfficialId = owner,
                Text = Texts.InIndonesian("sms.notice-phone-check"),
                MayWait = true,
                ExpiresAt = now + Validity,
            });
        }

        var (id, all) = (Guid.CreateVersion7(now), await due.CountAsync(stop));
        db.Publish(id, Outbox.System, new TellResponsible
        {
            Id = id,
            Text = Texts.InIndonesian("directory.notice-phones-due").Replace("{0}", all.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("{1}", owners.Count.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal),
        });
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        Reminded(log, owners.Count, all);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Owners} of {Due} officials whose number nobody has found right for a year are asked to prove it")]
    private static partial void Reminded(ILogger log, int owners, int due);
}
