namespace ServiceDefaults.SignIn;

/// <summary>Official coordination (KOR): who may ask, word, examine, run and read a broadcast.</summary>
public static partial class Permissions
{
    // KOR 6a, 8: whoever holds a post may ask; without being Mayor or Regional Secretary he needs a letter of authority, which the handler looks for.
    public static Permission RequestBroadcasts { get; } = new("broadcasts.request", "Asks for a broadcast in his own name")
    {
        Roles = [Roles.Mayor, Roles.RegionalSecretary, Roles.Official],
        Relation = "as Mayor, Regional Secretary, or by a letter of authority in force",
    };

    public static Permission ReadBroadcasts { get; } = new("broadcasts.read", "Broadcasts, their revisions, decisions, lists and outcome; numbers masked")
    {
        Roles = [.. Secretariat, Roles.Mayor, Roles.RegionalSecretary, Roles.Official],
        Relation = "the secretariat, Mayor and Regional Secretary all; others those that they asked for",
    };

    // KOR 7(6).
    public static Permission WordBroadcasts { get; } = new("broadcasts.word", "Words a broadcast, keeps templates, lists and letters of authority, submits it")
    {
        Roles = [Roles.Administrator],
    };

    public static Permission ReadAudiences { get; } = new("audiences.read", "Letters of authority, lists of recipients, templates, and whom rules would reach")
    {
        Roles = Secretariat,
    };

    // KOR 10c; the Secretary under a mandate that is in force, which the handler looks for.
    public static Permission ExamineBroadcasts { get; } = new("broadcasts.examine", "Approves, returns or rejects exactly what is submitted; never his own wording")
    {
        Roles = [Roles.Chair, Roles.Secretary],
        Relation = "not of his own wording or request; the Secretary under a mandate",
    };

    public static Permission GiveMandates { get; } = new("mandates.give", "Lets the Secretary examine for a time") { Roles = [Roles.Chair] };

    // Two pairs of eyes in an emergency too.
    public static Permission ReleaseEmergencies { get; } = new("emergencies.release", "Lets an emergency broadcast go before it is examined; never his own wording")
    {
        Roles = [Roles.Mayor, Roles.RegionalSecretary, Roles.Chair, Roles.Secretary],
        Relation = "not of his own wording",
    };

    public static Permission RunBroadcasts { get; } = new("broadcasts.run", "Pauses, resumes and cancels the sending, resends to one person") { Roles = [Roles.Administrator, Roles.Chair] };

    // KOR 10e.
    public static Permission HandleMissingReports { get; } = new("missing-reports.handle", "Reads what recipients say did not arrive, closes it without a resend")
    {
        Roles = [Roles.Administrator, Roles.Chair, Roles.Mayor, Roles.RegionalSecretary, Roles.Official],
        Relation = "who runs broadcasts all, with the recipient's note; others of what they asked for",
    };

    public static Permission ReceiveBroadcasts { get; } = new("broadcasts.receive", "Reads what was sent to himself, answers it, says that no SMS came")
    {
        AnyAccount = true,
        Relation = "own",
    };

    public static Permission ReadBroadcastReports { get; } = new("broadcast-reports.read", "Monthly reports of broadcasts; figures and subjects, no recipients")
    {
        Roles = [.. Secretariat, Roles.RegionalSecretary, Roles.Mayor],
        Relation = "the Regional Secretary those that were submitted, the Mayor those that were forwarded",
    };

    public static Permission ProduceBroadcastReports { get; } = new("broadcast-reports.produce", "Produces the report of a month anew") { Roles = Secretariat };

    // KOR 6e: periodically, to the Mayor through the Regional Secretary.
    public static Permission SubmitBroadcastReports { get; } = new("broadcast-reports.submit", "Submits a monthly report to the Regional Secretary") { Roles = [Roles.Chair] };

    public static Permission ForwardBroadcastReports { get; } = new("broadcast-reports.forward", "Forwards the monthly report to the Mayor") { Roles = [Roles.RegionalSecretary] };
}
