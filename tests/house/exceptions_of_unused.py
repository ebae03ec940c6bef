"""What vulture takes for unused and is not, by the reason why it stays. An exception that is needed no more is told."""

EXCEPTIONS = {
    "python-docx and openpyxl read what is set on their objects": """
        alignment bottom_margin color creator data_type first_line_indent footer_distance freeze_panes header_distance
        is_linked_to_previous keep_with_next keywords last_modified_by left_indent left_margin line_spacing
        line_spacing_rule modified number_format page_height page_width paperSize print_area print_title_rows quotePrefix
        right_indent right_margin space_after space_before top_margin
    """,
    "zipfile, Pillow, logging, tempfile, sqlite3 and SQLAlchemy read what is set on them": """
        MAX_IMAGE_PIXELS compress_type create_system disabled isolation_level naming_convention tempdir text_factory
    """,
    "Prefect's worker reads its configuration, and imports flows by the function that we replace": """
        env job_configuration load_flow_from_flow_run stream_output working_dir
    """,
    "aiosmtpd, imap-tools, html.parser, pydantic and Starlette call these or read them": """
        dotenv_settings file_secret_settings handle_DATA handle_MAIL handle_RCPT handle_data handle_endtag
        _get_mailbox_client handle_startendtag model_config regex settings_customise_sources
    """,
    "the sandbox imports these modules before it confines a child": "IMPORTED_LATE",
    "faults of the played SMTP server, set by name": """
        drop_after_data drop_before_storing hang_after_data temporary
    """,
    "columns on record: written for whoever asks the database later": """
        added_by chosen_at chosen_by deleted_on flagged next_given next_patronymic next_surname
    """,
    "facts kept beside a file as they were found in it": "key_oid signature_name signature_oid",
    "a value that stands in databases": "RENEWED",
    "columns that triggers and statements of wiring.row_marks name": "of_row of_table",
    "one of what the program makes in scores: for tests": "issue",
    "fields of answers: programs that call the API, readers of packs and of `letter read --json` take them": """
        direction from_ instance kind_title line_reasons made_by related state_since ticket_quote
    """,
    "keys of the catalogue: an administrator's own folder may have them, code reads them by name": """
        gosuslugi_name header_rows other_numbers
    """,
}
