using System.Security.Cryptography;
using System.Text;
using Contracts.Notification;
using InboundSms.Answering;
using InboundSms.Deadlines;
using InboundSms.Routing;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;

namespace InboundSms.Notices;

/// <summary>The notices of one round: who has something to hear, and what. With the save that follows.</summary>
internal sealed class NoticesOf(InboundSmsDb db, NoticeRound round, string link, CityTime city)
{
    // The next hour says more. What it could not say any more because of that is counted in the next one (HoldExpiredNotice).
    private static readonly TimeSpan HourlyLasts = TimeSpan.FromHours(1);
    private static readonly TimeSpan DailyLasts = TimeSpan.FromHours(20);

    private static readonly CaseStatus[] Waiting = [CaseStatus.Unassigned, CaseStatus.Open, CaseStatus.AnswerFailed];

    /// <summary>A message in an inbox.</summary>
    private sealed record Placed(Guid? PositionId, Guid CaseId, DateTimeOffset At, bool IsWaiting, DateTimeOffset DueAt);

    public async Task<(int Told, int Held)> TellAsync(CancellationToken stop)
    {
        var held = await db.HeldNotices.Where(one => one.Kind == round.Kind).ToDictionaryAsync(one => one.OfficialId, stop);
        var inboxes = await InboxesAsync(stop);
        Guid[] officials = [.. inboxes.Keys.Union(held.Keys)];
        var chosen = await db.NoticePreferences.AsNoTracking().Where(one => officials.Contains(one.OfficialId)).ToDictionaryAsync(one => one.OfficialId, stop);
        var lately = round.Until - TimeSpan.FromDays(2);
        var done = (await db.NoticeWindows.Where(window => window.Kind == round.Kind && window.WindowStart > lately && officials.Contains(window.OfficialId))
            .Select(window => new { window.OfficialId, window.WindowStart }).ToListAsync(stop)).ConvertAll(window => (window.OfficialId, window.WindowStart)).ToHashSet();
        var payers = await Payers.LoadAsync(db, inboxes.Values.SelectMany(inbox => inbox).Select(one => one.PositionId), stop);
        var (told, waiting, texts) = (0, 0, new HashSet<string>(StringComparer.Ordinal));
        foreach (var official in officials)
        {
            var (before, choice) = (held.GetValueOrDefault(official), chosen.GetValueOrDefault(official));
            var due = round.DueFor(choice, before?.Since, city);
            var news = due is { } window ? inboxes.GetValueOrDefault(official, []).FindAll(one => one.At > window.Since) : [];
            if (news.Count > 0 && (choice?.QuietHours ?? city.QuietHours).EndAt(round.Now, city) is not null)
            {
                if (before is null)
                    db.Add(new HeldNotice { OfficialId = official, Kind = round.Kind, Since = due!.Value.Since });
                waiting++;
                continue;
            }

            if (before is not null)
                db.Remove(before);
            // After a clock was set back, or a daily time was chosen anew, a window can be due again.
            if (news.Count == 0 || done.Contains((official, due!.Value.Start)))
                continue;
            texts.Add(Tell(official, due.Value.Start, due.Value.Since, news, payers.Of(news.Select(one => one.PositionId))));
            told++;
        }

        foreach (var text in texts)
            AutoAnswers.Remember(db, text, recipient: null, round.Now);
        return (told, waiting);
    }

    /// <summary>What lies with each official: that of the positions that he holds, or stands in for because nobody does; the tray's with the secretariat.</summary>
    private async Task<Dictionary<Guid, List<Placed>>> InboxesAsync(CancellationToken stop)
    {
        var (earliest, until, isDaily) = (round.Earliest, round.Until, round.Kind == NoticeKind.Daily);
        var placed = await (
            from member in db.CaseMessages
            join c in db.Cases on member.CaseId equals c.Id
            where member.PlacedAt > earliest && member.PlacedAt <= until && (!isDaily || Waiting.Contains(c.Status))
            select new Placed(c.PositionId, c.Id, member.PlacedAt, Waiting.Contains(c.Status), c.DueAt)).ToListAsync(stop);
        var inboxes = new Dictionary<Guid, List<Placed>>();
        if (placed.Count == 0)
            return inboxes;
        var chain = await ChainOfCommand.LoadAsync(db, [.. placed.Select(one => one.PositionId).OfType<Guid>().Distinct()], round.Now, stop);
        foreach (var position in placed.GroupBy(one => one.PositionId))
        {
            foreach (var official in chain.Find(Rungs.Handler, position.Key, handlerId: null))
            {
                if (!inboxes.TryGetValue(official, out var inbox))
                    inboxes[official] = inbox = [];
                inbox.AddRange(position);
            }
        }

        return inboxes;
    }

    private string Tell(Guid official, DateTimeOffset start, DateTimeOffset since, List<Placed> news, string? payer)
    {
        var isHourly = round.Kind == NoticeKind.Hourly;
        List<Placed> waiting = [.. news.Where(one => one.IsWaiting).DistinctBy(one => one.CaseId)];
        var text = isHourly
            ? NoticeText.Hourly(news.Count, waiting.Count, since, round.Until, link, city)
            : NoticeText.Daily(waiting.Count, waiting.Count(one => one.DueAt <= round.Now), round.Now, link, city);
        var id = IdOf(round.Kind, official, start);
        db.Add(new NoticeWindow { OfficialId = official, Kind = round.Kind, WindowStart = start, Since = since, NoticeId = id, Messages = news.Count, ToldAt = round.Now });
        db.Publish(id, Outbox.System, new NotifyOfficial
        {
            NoticeId = id,
            OfficialId = official,
            Text = text,
            MayWait = true,
            Payer = payer,
            ExpiresAt = round.Now + (isHourly ? HourlyLasts : DailyLasts),
            ReportTo = TrackDelivery.Queue,
        });
        return text;
    }

    /// <summary>The same for the same window, whoever orders it when: also of two that a restored database makes, Notification sends one.</summary>
    internal static Guid IdOf(NoticeKind kind, Guid official, DateTimeOffset start)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{kind} {official} {start.ToUnixTimeSeconds()}"))).AsSpan(0, 16);
        // RFC 9562, version 8: what is in it is our own affair.
        hash[6] = (byte)((hash[6] & 0x0f) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new(hash, bigEndian: true);
    }
}
