namespace ServiceDefaults.SignIn;

/// <summary>What InboundSms grants.</summary>
public static partial class Permissions
{
    public static Permission ReadMessages { get; } = new("messages.read", "Citizens' messages and their answers")
    {
        Roles = [Roles.Official, .. Secretariat],
        Relation = "of positions of the own unit, and of units below for its head; all with messages.read-all",
    };

    public static Permission ReadAllMessages { get; } = new("messages.read-all", "Messages and answers of every unit (BJN 7)") { Roles = Secretariat };

    // SPBE 24(2): the call centre. Its desk is the secretariat's (BJN 8(4,6)), or stands at a unit and its reaction team, where the one operator of the unit writes for
    // all of it (EOF 11(2)). The Chair decides and does not enter; an official answers what others asked.
    public static Permission EnterCalls { get; } = new("calls.enter", "Writes down what a caller says, for whichever position")
    {
        Roles = [Roles.Administrator, Roles.Secretary, Roles.UnitOperator],
    };

    public static Permission SearchNumbers { get; } = new("messages.search-number", "Finds messages by their sender's number, for a reason, noted in their history") { Roles = Secretariat };

    public static Permission AnswerMessages { get; } = new("messages.answer", "Answers a citizen")
    {
        Roles = [Roles.Official],
        Relation = "of positions of the own unit",
    };

    public static Permission HandleMessages { get; } = new("messages.handle", "Takes a case, hands it on inside the unit, prepares its answer")
    {
        Roles = [Roles.Official],
        Relation = "of positions of the own unit",
    };

    public static Permission ReviewAnswers { get; } = new("answers.review", "Approves an answer that somebody proposed, or returns it")
    {
        Roles = [Roles.Official],
        Relation = "of the position held, and of the unit headed",
    };

    public static Permission JudgeDuplicates { get; } = new("messages.judge-duplicates", "Says whether a message that came twice is a matter of its own")
    {
        Roles = [Roles.Official, .. Secretariat],
        Relation = "to what messages.read shows",
    };

    public static Permission NoteMessages { get; } = new("messages.note", "Adds internal notes")
    {
        Roles = [Roles.Official, .. Secretariat],
        Relation = "to what messages.read shows",
    };

    public static Permission ForwardMessages { get; } = new("messages.forward", "Gives a message that is not answered to another position")
    {
        Roles = [Roles.Official, .. Secretariat],
        Relation = "of positions of the own unit; the secretariat any",
    };

    public static Permission EditAnswerTemplates { get; } = new("answer-templates.edit", "Keeps the texts that a unit answers with again and again")
    {
        Roles = [Roles.HeadOfUnit, Roles.UnitOperator],
        Relation = "of the unit headed; an operator: of the own unit",
    };

    public static Permission EditUnitSettings { get; } = new("unit-settings.edit", "Says whether answers of a unit are reviewed")
    {
        Roles = [Roles.HeadOfUnit],
        Relation = "of the unit headed",
    };

    public static Permission AssignMessages { get; } = new("messages.assign", "Gives a message without keyword to a position") { Roles = Secretariat };

    // Who is not heard is a matter for those who answer for the whole service (BJN 7), not for the unit that he troubles.
    public static Permission BlockSenders { get; } = new("senders.block", "Mutes a sender for a reason and a time, looks at what he wrote, lets it through") { Roles = Secretariat };

    public static Permission EditPublications { get; } = new("publications.edit", "Hides more of what is public, confirms what needs a look, takes down and brings back")
    {
        Roles = [Roles.Official, .. Secretariat],
        Relation = "of positions of the own unit; all with messages.read-all",
    };

    // Apart: whoever hides too much harms nobody.
    public static Permission UncoverPublications { get; } = new("publications.uncover", "Shows the public what was hidden, for a reason") { Roles = Secretariat };

    public static Permission TriageMessages { get; } = new("messages.triage", "Sets class and priority of a message, proposes not to answer it")
    {
        Roles = [Roles.Official, .. Secretariat],
        Relation = "of positions of the own unit; the secretariat any",
    };

    // Not the unit's: who is criticised does not decide which criticism is decent (BJN 10(2)).
    public static Permission SetMessagesAside { get; } = new("messages.set-aside", "Decides that a message is not answered, or is after all; never by the person who proposed it")
    {
        Roles = Secretariat,
    };

    // SPBE 24(2).
    public static Permission EditDutyRoster { get; } = new("duty-roster.edit", "Says who is on duty for emergencies")
    {
        Roles = [Roles.HeadOfUnit, Roles.UnitOperator, .. Secretariat],
        Relation = "own unit; the secretariat any",
    };

    public static Permission EditEmergencyWords { get; } = new("emergency-words.edit", "Words that make a unit's messages emergencies") { Roles = Secretariat };

    // UU 27/2022: who has to call somebody sees his number, and everybody sees later that he did.
    public static Permission ShowSenders { get; } = new("senders.show", "A citizen's number in full, for a reason, noted in the history of the case")
    {
        Roles = [Roles.Official, .. Secretariat],
        Relation = "of positions of the own unit; all with messages.read-all",
    };

    // Not the secretariat's: what is wrong with a channel is mended by who set it up, and who keeps the data sees that no complaint is left in there.
    public static Permission ReadQuarantine { get; } = new("quarantine.read", "What webhooks refused or could not read; its content for a reason, noted in the audit trail")
    {
        Roles = [Roles.Administrator, Roles.DataSteward],
    };

    public static Permission ExchangeWithPortal { get; } = new("portal.exchange", "Takes over cases from the national portal, hands over to it, tells it how they fare") { Roles = Secretariat };

    public static Permission EditProblems { get; } = new("problems.edit", "Names the problems that come up again and again, and closes them (BJN 7c)") { Roles = Secretariat };

    public static Permission NameProblem { get; } = new("messages.name-problem", "Says of which recurring problem a case is")
    {
        Roles = [Roles.Official, .. Secretariat],
        Relation = "of positions of the own unit; all with messages.read-all",
    };

    // BJN 7e: the head of government reads what the Regional Secretary has passed on to him.
    public static Permission ReadReports { get; } = new("reports.read", "Recaps, recurring problems and monthly reports; figures, no messages")
    {
        Roles = [.. Secretariat, Roles.RegionalSecretary, Roles.Mayor, Roles.DeputyMayor],
        Relation = "Mayor and deputy: of the monthly reports those that the Regional Secretary has forwarded",
    };

    public static Permission ProduceReports { get; } = new("reports.produce", "Produces the report of a month anew") { Roles = Secretariat };

    public static Permission SubmitReports { get; } = new("reports.submit", "Submits a monthly report to the Regional Secretary") { Roles = [Roles.Chair] };

    public static Permission ForwardReports { get; } = new("reports.forward", "Forwards a submitted report to the head of government") { Roles = [Roles.RegionalSecretary] };

    // SPBE 24(4).
    public static Permission EditServiceInformation { get; } = new("service-information.edit", "Tells the public of a unit's service")
    {
        Roles = [Roles.HeadOfUnit, Roles.UnitOperator],
        Relation = "own unit",
    };
}
