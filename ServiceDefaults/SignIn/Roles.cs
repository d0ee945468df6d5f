namespace ServiceDefaults.SignIn;

/// <summary>
/// Roles of DIR-7. Some are granted to an account, the others follow from what its official holds at the moment; an access token carries the union of both.
/// </summary>
public static class Roles
{
    public const string Administrator = nameof(Administrator);
    public const string Chair = nameof(Chair);
    public const string Secretary = nameof(Secretary);
    public const string DataSteward = nameof(DataSteward);
    public const string DataProducer = nameof(DataProducer);
    public const string Auditor = nameof(Auditor);

    public const string Mayor = nameof(Mayor);
    public const string DeputyMayor = nameof(DeputyMayor);
    public const string RegionalSecretary = nameof(RegionalSecretary);
    public const string Assistant = nameof(Assistant);
    public const string HeadOfUnit = nameof(HeadOfUnit);
    public const string UnitOperator = nameof(UnitOperator);

    /// <summary>Holds a position that signs documents.</summary>
    public const string Signer = nameof(Signer);

    /// <summary>Everybody who holds a position, whatever its kind.</summary>
    public const string Official = nameof(Official);

    /// <summary>Given to an account by the Administrator.</summary>
    public static IReadOnlyList<string> Granted { get; } = [Administrator, Chair, Secretary, DataSteward, DataProducer, Auditor];

    /// <summary>Follow from positions and appointments, begin and end with them, and are never granted.</summary>
    public static IReadOnlyList<string> Held { get; } = [Mayor, DeputyMayor, RegionalSecretary, Assistant, HeadOfUnit, UnitOperator, Signer, Official];

    public static IReadOnlyList<string> All { get; } = [.. Granted, .. Held];

    /// <summary>
    /// Who has one of these, granted or held, signs in with a second factor, and has no role before he has enrolled one. A city can add others by a setting.
    /// </summary>
    public static IReadOnlyList<string> NeedSecondFactor { get; } = [Administrator, Chair, Signer];
}

/// <summary>What an application can be allowed; each opens the endpoints whose permission names it, and nothing else.</summary>
public static class Scopes
{
    public const string ReadOrganisation = "organisation.read";
    public const string ReadPeople = "people.read";

    /// <summary>Sends notices in the application's name.</summary>
    public const string SendNotifications = "notifications.send";

    /// <summary>Sends emergencies, which go before everything but codes.</summary>
    public const string SendEmergencies = "notifications.emergency";

    /// <summary>Nothing leaves: outcomes are simulated. A token with this scope never sends, whatever other scopes it has.</summary>
    public const string TestNotifications = "notifications.test";

    public static IReadOnlyList<string> All { get; } = [ReadOrganisation, ReadPeople, SendNotifications, SendEmergencies, TestNotifications];
}
