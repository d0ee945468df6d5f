using System.Buffers.Binary;
using InboundSms.Receive.UserData;
using InboundSms.Storage;
using ServiceDefaults.AppendOnly;
using ServiceDefaults.Sms;

namespace InboundSms.Receive.Parts;

/// <summary>Parts put together.</summary>
/// <param name="Text">In the order of their numbers, each number once.</param>
/// <param name="Raw">Of each part that was used, in that order: four octets of length, big end first, and its bytes as received.</param>
internal sealed record Joined(string Text, byte[] Raw)
{
    public static Joined Of(IEnumerable<MessagePart> parts)
    {
        // Of repeats the first; only neighbours can share a character.
        var used = parts.GroupBy(part => part.Number).OrderBy(same => same.Key).Select(same => same.MinBy(part => (part.ReceivedAt, part.Id))!).ToList();
        var text = string.Concat(Runs(used).Select(TextOf));
        return new(text, [.. used.SelectMany(part => Length(part.Content.Raw).Concat(part.Content.Raw))]);
    }

    /// <summary>The message that parts of one set are, with its content. The legal clock starts with the first of them.</summary>
    public static (Message Message, MessageContent Content) MessageOf(string providerMessageId, IReadOnlyCollection<MessagePart> parts, bool isIncomplete, Guid? continues)
    {
        var (joined, first, salt) = (Of(parts), parts.MinBy(part => (part.ReceivedAt, part.Id))!, Commitment.NewSalt());
        var id = Guid.CreateVersion7(first.ReceivedAt);
        var message = new Message
        {
            Id = id,
            Channel = first.Channel,
            Account = first.Account,
            ProviderMessageId = providerMessageId,
            ReceivedAt = first.ReceivedAt,
            ProviderTime = parts.Min(part => part.ProviderTime),
            Commitment = Message.CommitmentOf(salt, first.Content.Sender, first.Content.Recipient, joined.Text, joined.Raw),
            IsIncomplete = isIncomplete,
            Continues = continues,
        };
        return (message, new()
        {
            MessageId = id,
            Salt = salt,
            Sender = first.Content.Sender,
            SenderKind = PhoneNumber.Parse(first.Content.Sender).Kind,
            Recipient = first.Content.Recipient,
            Text = joined.Text,
            Raw = joined.Raw,
        });
    }

    private static string TextOf(List<MessagePart> run) => run is [{ Content: { Coding: { } coding, Units: not null } }, ..]
        ? new SmsUnits(coding, [.. run.SelectMany(part => part.Content.Units!)]).Decode().Replace('\0', '\uFFFD')
        : string.Concat(run.Select(part => part.Content.Text));

    /// <summary>Neighbours without a gap and of one coding.</summary>
    private static List<List<MessagePart>> Runs(List<MessagePart> parts)
    {
        var runs = new List<List<MessagePart>>();
        foreach (var part in parts)
        {
            if (runs is [.., [.., var last]] && last.Number == part.Number - 1 && last.Content.Coding == part.Content.Coding)
                runs[^1].Add(part);
            else
                runs.Add([part]);
        }

        return runs;
    }

    private static byte[] Length(byte[] raw)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, raw.Length);
        return length;
    }
}
