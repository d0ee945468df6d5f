using System.Globalization;
using Contracts.InboundSms;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Sms;

namespace Broadcast.Tests.Testing;

/// <summary>A broadcast whose sending has begun, written as the sending would leave it: what comes after it is tested alone.</summary>
public static class SentBroadcast
{
    public sealed record Sent(Guid Id, long Number);

    /// <param name="fixture">Whose clock says when.</param>
    /// <param name="answers">None, Attendance or Free.</param>
    /// <param name="state">Of the broadcast.</param>
    /// <param name="recipients">Each with the state of his SMS: <c>Ordered</c>, <c>Skipped:left-office</c>.</param>
    public static async Task<Sent> AddSentAsync(
        this BroadcastFixture fixture, string answers = "None", string state = "Completed", string kind = "Information", string? validUntil = null, bool started = true,
        params (Post Post, string State)[] recipients)
    {
        var (id, now) = (Guid.CreateVersion7(), fixture.Clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
        var startedAt = started ? $"'{now}'" : "null";
        await fixture.Database.ExecuteAsync($$"""
            insert into broadcast (id, kind, state, is_emergency, originator_id, originator_basis, subject, request, revision, created_by, created_at, changed_at, started_at, version)
            values ('{{id}}', '{{kind}}', '{{state}}', false, '{{fixture.Mayor.Official}}', 'Mayor', 'Apel pagi', 'Tolong umumkan apel', 1, 'uji', '{{now}}', '{{now}}', {{startedAt}}, 7);
            insert into revision (broadcast_id, no, text, channel, audience, with_arrivals, late_after_minutes, valid_until, answers, author, written_at)
            values ('{{id}}', 1, 'Yth. {nama} ({jabatan}), apel pukul 07.00 di balai kota', '', '{}', false, 60, {{(validUntil is null ? "null" : $"'{validUntil}'")}}, '{{answers}}', 'penulis', '{{now}}');
            """);
        foreach (var ((official, position, _, _, number, name), sms) in recipients)
        {
            var parts = sms.Split(':');
            await fixture.Database.ExecuteAsync($"""
                insert into recipient (broadcast_id, revision, official_id, position_id, name, title, unit_code, number, reasons, state, skip_reason, is_arrival, segments, sms_id, status_version,
                  at_operator, is_uncertain, changed_at)
                values ('{id}', 1, '{official}', '{position}', '{name}', 'Kepala', 'DINKES', {(number is null ? "null" : $"'{number}'")}, array['Semua'], '{parts[0]}',
                  {(parts[0] == "Skipped" ? $"'{parts[1]}'" : "null")}, false, 1, {(parts[0] is "Skipped" or "Listed" ? "null" : $"'{Guid.CreateVersion7()}'")}, 1, false,
                  {(parts is ["Ordered", "uncertain"] ? "true" : "false")}, '{now}')
                """);
        }

        return new(id, await fixture.Database.ScalarAsync<long>($"select number from broadcast where id = '{id}'"));
    }

    /// <summary>An answer by SMS, as InboundSms tells it; it is kept when this returns.</summary>
    public static async Task<OfficialAnswered> AnswerBySmsAsync(this BroadcastFixture fixture, long number, string from, string text)
    {
        var told = new OfficialAnswered
        {
            MessageId = Guid.CreateVersion7(),
            Number = number,
            SenderPseudonym = fixture.Services.GetRequiredService<Pseudonyms>().Of(from)!,
            Text = text,
            ReceivedAt = fixture.Clock.GetUtcNow(),
        };
        await fixture.Bus.PublishAsync(told);
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select exists (select from answer where id = '{told.MessageId}')"));
        return told;
    }
}
