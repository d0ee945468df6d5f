using System.Globalization;
using InboundSms.Abuse;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;

namespace InboundSms.Routing;

/// <summary>
/// What one look at the database tells of a message and its sender. Little of it is true of most messages, and only what is true is looked at closer: a statement for
/// each question would cost more than all else that routing does.
/// </summary>
/// <param name="IsPlaced">It is in a case, or kept without one.</param>
/// <param name="WasHeld">A block kept it out of the inboxes.</param>
/// <param name="IsBlocked">Its sender is blocked now.</param>
/// <param name="IsFlood">So many messages of its sender became cases, or parts of one, in the time before it.</param>
/// <param name="IsOwnText">We wrote its text, to its sender or to an official: an echo, or a notice that somebody forwards.</param>
/// <param name="IsRepeated">The same words of its sender are in a case, and came at about the same time.</param>
internal sealed record Known(bool IsPlaced, bool WasHeld, bool IsBlocked, bool IsFlood, bool IsOwnText, bool IsRepeated)
{
    /// <param name="db">The caller holds the sender's lock.</param>
    /// <param name="message">Whose standing is asked.</param>
    /// <param name="content">Its words.</param>
    /// <param name="abuse">What a flood is.</param>
    /// <param name="repeatWithin">How far the same words lie apart.</param>
    /// <param name="now">For what ends by itself.</param>
    /// <param name="stop">Ends it.</param>
    public static Task<Known> OfAsync(
        InboundSmsDb db, Message message, MessageContent content, AbuseOptions abuse, TimeSpan repeatWithin, DateTimeOffset now, CancellationToken stop)
    {
        // Of a flood counts what became a case, or part of one, and not what came after the message where it is read late.
        var (since, until) = (FirstIdAt(message.ReceivedAt - abuse.FloodWindow), FirstIdAt(message.ReceivedAt.AddMilliseconds(1)));
        var (earliest, latest) = (FirstIdAt(message.ReceivedAt - repeatWithin), FirstIdAt((message.ReceivedAt + repeatWithin).AddMilliseconds(1)));
        var (hash, remembered) = (AutoAnswers.HashOf(content.Text), now - AutoAnswers.Remembered);
        return db.Database.SqlQuery<Known>($"""
            select
              exists (select from case_message where message_id = {message.Id}) or exists (select from kept_message where message_id = {message.Id}) as "IsPlaced",
              exists (select from blocked_message where message_id = {message.Id}) as "WasHeld",
              exists (select from blocked_sender where sender = {content.Sender} and lifted_at is null and expires_at > {now}) as "IsBlocked",
              (select count(*) from (
                select from message_content c where c.sender = {content.Sender} and c.message_id > {since} and c.message_id < {until}
                  and exists (select from case_message member where member.message_id = c.message_id) limit {abuse.FloodAfter}) lately) = {abuse.FloodAfter} as "IsFlood",
              exists (select from own_text where hash = {hash} and written_at > {remembered} and (recipient is null or recipient = {content.Sender})) as "IsOwnText",
              exists (
                select from message_content c join case_message member on member.message_id = c.message_id
                where c.sender = {content.Sender} and c.message_id > {earliest} and c.message_id < {latest} and c.message_id <> {message.Id} and c.text = {content.Text}) as "IsRepeated"
            """).SingleAsync(stop);
    }

    /// <summary>The smallest UUIDv7 of a millisecond (RFC 9562 5.7): ids of messages begin with the time of their receipt, so one index knows number and time.</summary>
    private static Guid FirstIdAt(DateTimeOffset instant) =>
        Guid.ParseExact(instant.ToUnixTimeMilliseconds().ToString("x12", CultureInfo.InvariantCulture).PadRight(32, '0'), "N");
}
