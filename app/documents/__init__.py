"""Business documents as frozen values in UBL's words, without XML."""
