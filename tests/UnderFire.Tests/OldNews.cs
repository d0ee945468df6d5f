using Contracts.Directory;
using Contracts.InboundSms;
using Contracts.Notification;

namespace UnderFire.Tests;

/// <summary>
/// Messages of every kind that the services have long consumed in a newer version, or under another message id; with other words, so that taking one in would show.
/// </summary>
internal static class OldNews
{
    private const long OldVersion = 0;

    /// <summary>Each publishes under the message id that it is given.</summary>
    public static async Task<IReadOnlyList<Func<Guid, Task>>> AboutAsync(City city, TestBus bus)
    {
        var position = await IdAsync("inboundsms", "select position_id::text from organisation.position_keyword where word = $1", city.Keyword);
        var unit = await IdAsync("inboundsms", "select unit_id::text from organisation.position where id = $1", position);
        var assignment = await IdAsync("inboundsms", "select id::text from organisation.assignment where position_id = $1", position);
        var official = await IdAsync("inboundsms", "select official_id::text from organisation.assignment where position_id = $1", position);
        var answer = city.Officials.Given.Keys.First();
        var message = await IdAsync("inboundsms", "select first_message_id::text from sms_case c join answer a on a.case_id = c.id where a.id = $1", answer);
        var longAgo = DateTimeOffset.UnixEpoch;
        return
        [
            id => bus.PublishAsync(new UnitChanged { UnitId = unit, Code = "LAMA", Name = "Lama", Version = OldVersion }, id),
            id => bus.PublishAsync(new PositionChanged { PositionId = position, UnitId = unit, Code = "LAMA", Title = "Lama", Version = OldVersion }, id),
            id => bus.PublishAsync(
                new AssignmentChanged { AssignmentId = assignment, OfficialId = official, PositionId = position, From = longAgo, To = longAgo, Version = OldVersion }, id),
            id => bus.PublishAsync(new OfficialChanged { OfficialId = official, Name = "Lama", Version = OldVersion }, id),
            id => bus.PublishAsync(new GrantedRolesChanged { OfficialId = official, Roles = ["Secretary"], Version = OldVersion }, id),
            id => bus.PublishAsync(new ContactChanged { OfficialId = official, SenderId = "LAMA", Version = OldVersion }, id),
            id => bus.PublishAsync(new SignInStatePublished { At = longAgo, Keys = [], RevokedSessions = [] }, id),
            id => bus.PublishAsync(new SmsReceived { MessageId = message, ReceivedAt = longAgo }, id),
            id => bus.PublishAsync(new SendSms { SmsId = answer, To = city.NewCitizen(), Text = "Lama", Channel = "twilio", Purpose = SmsPurpose.Answer }, id),
            id => bus.PublishAsync(new DeliveryStatusChanged { SmsId = answer, Status = DeliveryStatus.Failed, Version = OldVersion, At = longAgo }, id),
        ];
    }

    private static async Task<Guid> IdAsync(string database, string sql, object about) => Guid.Parse((await Servers.TextsAsync(database, sql, about))[0]);
}
