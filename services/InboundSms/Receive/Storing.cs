namespace InboundSms.Receive;

/// <summary>What became of a message that was to be stored.</summary>
internal enum Storing
{
    /// <summary>It is in the database now.</summary>
    New,
    /// <summary>It was already.</summary>
    Repeat,
    /// <summary>Its id was already, with other words or another sender.</summary>
    OtherWords,
}
